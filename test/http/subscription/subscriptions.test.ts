import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { hexId } from '../../../src/ledger/hex-id.js'
import {
  began,
  boughtPro,
  cancelled,
  FEBRUARY,
  ID,
  NAMES,
  onFree,
  paid,
  pastDue,
  pro,
  renewing,
  reverted,
  started,
} from '../../support/device.js'
import { published, purchased } from '../../support/facts.js'
import { sealedFor } from '../../support/person.js'
import { bearer, createWorld, logOf, viewsOf } from '../world.js'

const hexOf = (facts: readonly Fact[], leaf: number): string => hexId(logOf(facts)[leaf]?.id ?? '')

const asking = (facts: readonly Fact[], more: Parameters<typeof createWorld>[1] = {}) => {
  const world = createWorld(facts, more)
  const ask = async (url: string, { subject = 'ann', payload }: { subject?: string; payload?: object } = {}) => {
    const headers = { authorization: bearer(subject), 'content-type': 'application/json' }
    const method = payload === undefined ? 'GET' : 'POST'
    const reply = await world.app.inject({ method, url, headers, ...(payload && { payload }) })
    return { status: reply.statusCode, body: reply.json(), link: reply.headers.link }
  }
  return { world, ask }
}

/** The one subscription of ann after these facts. */
const shown = async (...facts: readonly Fact[]) => {
  const { ask } = asking([...onFree, ...facts])
  const [one, ...others] = (await ask('/payment/subscription/')).body.data
  t.strictSame(others, [])
  return one
}

const FREE = {
  _id: 'Free',
  createdAt: '1769904000',
  modifiedAt: '1769904000',
  sms: '0',
  email: '30',
  notification: '0',
  storage: '0.05',
  name: 'Plan Free',
  price: '0.00',
  bt_plan_id: 'Free',
}
const unused = { sms: '0', email: '0', notification: '0', storage: '0' }

t.test('a device on the free plan is shown as the document has it', async (t) => {
  const { ask } = asking(onFree)
  const wanted = {
    _id: hexOf(onFree, 3),
    username: 'ann',
    deviceid: 'PH80',
    devicename: '',
    status: 'normal',
    draft_status: false,
    current: { _id: null, start: null, end: null, ...unused, plan: FREE, addon_ids: [], bt_sub: null },
    next: { _id: null, plan: FREE, addon_ids: [], bt_sub: null },
    draft: null,
  }
  for (const url of ['/payment/subscription/', '/payment/subscription']) {
    t.strictSame(await ask(url), { status: 200, body: { status: 'OK', message: '', data: [wanted] }, link: undefined })
  }
  for (const id of [wanted._id, ID]) {
    t.strictSame((await ask(`/payment/subscription/${id}/`)).body, { status: 'OK', message: '', data: wanted })
  }
})

t.test('what is paid for shows its period, from midnight to midnight in its zone, and what has paid', async (t) => {
  const zoned = { ...FEBRUARY, zone: 'Asia/Shanghai' }
  const facts = [published('Pro', '12.00'), boughtPro({ period: zoned })]
  const one = await shown(...facts)
  t.match(one.current, {
    _id: hexOf([...onFree, ...facts], 5),
    start: '1770652800',
    end: '1772294400',
    ...unused,
    plan: { _id: 'Pro', sms: '5', email: '100', notification: '0', storage: '0', name: 'Pro', price: '10.00' },
  })
  t.equal(one.current.plan.createdAt, '1769918400', 'of the catalogue, where it is there')
  t.strictSame(one.next, { _id: null, plan: one.current.plan, addon_ids: [], bt_sub: null })
  t.equal((await shown(boughtPro())).current.plan.createdAt, '1769914800', 'or else of the subscription')
})

t.test('draft is there while a card is charged', async (t) => {
  const one = await shown(started())
  t.match(one, {
    draft_status: true,
    draft: { _id: hexOf([...onFree, started()], 4), plan: { _id: 'Pro' }, bt_sub: null },
  })
  t.match(one, { current: { plan: { _id: 'Free' } }, status: 'normal' })
  t.match(await shown(started(), paid(4)), { draft_status: false, draft: null, current: { plan: { _id: 'Pro' } } })
})

t.test(
  'what comes next: the plan that waits, the free plan where it is cancelled, nothing after the end',
  async (t) => {
    const { period: _, charged: __, ...small } = pro(FEBRUARY, { plan: 'Small' })
    const sale = boughtPro()
    const wait = { ...sale, data: { ...sale.data, items: [{ ...small, waits: true }] } } as Fact
    const facts = [boughtPro(), wait]
    t.match((await shown(...facts)).next, { _id: hexOf([...onFree, ...facts], 5), plan: { _id: 'Small' } })
    t.match(await shown(boughtPro(), cancelled), {
      status: 'normal',
      next: { _id: null, plan: FREE },
      current: { plan: { _id: 'Pro' } },
    })
    t.match(await shown(boughtPro(), pastDue('2026-03-08'), renewing('2026-03-02', 9)), {
      status: 'past_due',
      draft_status: true,
    })
    t.match(await shown(boughtPro(), reverted('2026-03-09', 'unpaid')), {
      status: 'normal',
      current: { _id: null, start: null, plan: FREE },
    })
    const closed: Fact = { type: 'SubscriptionEnded', data: { ...NAMES, endedOn: '2026-03-01', reason: 'cancelled' } }
    t.match(await shown(closed), { status: 'ended', next: null })
  },
)

t.test('the add-ons of a plan are shown with it: now, next, and while a card is charged', async (t) => {
  const addon = (id: string) => ({ addon: id, addonVersion: 1, name: id, price: '1.50', quotas: { sms: '10' } })
  const now = boughtPro({ addons: [addon('more'), addon('space')] })
  const goesOn = await shown(now)
  t.match(goesOn, { current: { addon_ids: ['more', 'space'] }, next: { addon_ids: ['more', 'space'] } })
  t.strictSame((await shown(now, cancelled)).next.addon_ids, [])
  const sale = boughtPro()
  const { period: _, charged: __, ...small } = pro(FEBRUARY, { plan: 'Small', addons: [addon('space')] })
  const wait = { ...sale, data: { ...sale.data, items: [{ ...small, waits: true }] } } as Fact
  const draft = started({ items: [pro(FEBRUARY, { addons: [addon('more')] })] })
  t.match(await shown(now, wait, draft), {
    current: { addon_ids: ['more', 'space'] },
    next: { addon_ids: ['space'] },
    draft: { addon_ids: ['more'] },
  })
})

t.test('usage is that of the running period, or of this month', async (t) => {
  const used = (on: string): Fact => ({
    type: 'UsageReported',
    data: { ...NAMES, on, used: { sms: '3', storage: '0.05' } },
  })
  t.match((await shown(used('2026-03-01'))).current, { ...unused, sms: '3', storage: '0.05' })
  t.match((await shown(used('2026-02-28'))).current, unused)
  t.match((await shown(boughtPro(), used('2026-02-28'))).current, { sms: '3' })
})

t.test('a device has the name that its owner gave it, until the person is erased', async (t) => {
  const deviceName = sealedFor('ann', 'device-name', 'G1')
  const address = sealedFor('ann', 'billing-address', '{}')
  const lives: Fact = { type: 'CustomerChanged', data: { account: 'ann', address } }
  const named = { ...began, data: { ...began.data, deviceName } } as Fact
  const facts = [...onFree.slice(0, 3), named, lives]
  t.equal((await asking(facts).ask('/payment/subscription/')).body.data[0].devicename, 'G1')
  const erased: Fact = { type: 'PersonErased', data: { account: 'ann', personKey: deviceName.personKey, erasure: 1 } }
  t.equal((await asking([...facts, erased]).ask('/payment/subscription/')).body.data[0].devicename, '')
})

t.test('the caller sees his own devices alone, and no purchases', async (t) => {
  const facts = [...onFree, { type: 'Purchased', data: purchased('ann', '3.00', 20) } as Fact]
  const { ask } = asking(facts)
  t.equal((await ask('/payment/subscription/')).body.data.length, 1)
  t.strictSame((await ask('/payment/subscription/', { subject: 'never-opened' })).body.data, [])
  for (const [id, subject] of [
    [ID, 'bob'],
    ['f'.repeat(24), 'ann'],
    [purchased('ann', '3.00', 20).order, 'ann'],
  ] as const) {
    t.match(await ask(`/payment/subscription/${id}/`, { subject }), {
      status: 404,
      body: { status: 'ERROR', data: null },
    })
  }
  t.match(await ask('/payment/subscription/x/'), { status: 400 })
  const views = { ...viewsOf(logOf(facts)), row: async () => null }
  t.equal((await asking(facts, { views }).ask(`/payment/subscription/${ID}/`)).status, 404)
})

t.test('many devices come page by page, the newest first', async (t) => {
  const more = (n: number): Fact => ({ ...began, data: { ...began.data, device: `D${n}` } }) as Fact
  const { ask } = asking([...onFree, more(1), more(2)])
  const devices = (body: { data: { deviceid: string }[] }) => body.data.map(({ deviceid }) => deviceid)
  const first = await ask('/payment/subscription/?limit=2')
  t.strictSame(devices(first.body), ['D2', 'D1'])
  const next = /^<([^>]+)>; rel="next"$/.exec(String(first.link))?.[1] ?? ''
  t.match(next, /^\/payment\/subscription\/\?limit=2&cursor=/)
  t.strictSame(devices((await ask(next)).body), ['PH80'])
})

t.test('a subscription of the caller is cancelled', async (t) => {
  const { world, ask } = asking(onFree)
  const id = hexOf(onFree, 3)
  const reply = await ask('/payment/cancel_subscription/', { payload: { subscription_id: id } })
  t.strictSame(reply.body, { status: 'OK', message: '', data: true })
  t.match(world.asked, [{ name: 'cancel-subscription', input: { account: 'ann', subscription: id } }])
  t.equal((await ask('/payment/cancel_subscription/', { payload: { subscription_id: 'x' } })).status, 400)
})
