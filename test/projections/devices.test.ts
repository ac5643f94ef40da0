import t, { type Test } from 'tap'
import type { Fact } from '../../events/catalogue.js'
import type { BoughtPlan } from '../../src/ledger/state.js'
import { type DeviceRow, quotaOf, subscriptions, usedOn } from '../../src/projections/subscriptions.js'
import { logOf } from '../http/world.js'
import { idOf } from '../support/books.js'
import {
  began,
  boughtPro,
  cancelled,
  FEBRUARY,
  FREE,
  ID,
  MARCH,
  NAMES,
  paid,
  pastDue,
  pro,
  renewing,
  reverted,
  started,
} from '../support/device.js'
import { opened } from '../support/facts.js'
import { NOW } from '../support/given.js'
import { project } from '../support/subscriptions-view.js'

// The account's own stream alone: the device begins with its event 3, as in all that names it.
const onFree: readonly Fact[] = [opened('ann'), opened('ann'), opened('ann'), began]
const none = { sms: '0', email: '0', notification: '0', storage: '0' }

const rowOf = async (test: Test, ...facts: readonly Fact[]): Promise<DeviceRow> => {
  const [row, ...others] = (await project(test, ...onFree, ...facts)).rows
  test.same(others, [], 'what is sold for a device is no row of its own')
  if (row?.kind !== 'device') throw new Error('no device')
  return row
}
const itemOf = async (test: Test, ...facts: readonly Fact[]) => (await rowOf(test, ...facts)).item
const seen = ({ subscriptionLeaf: _, waits: __, proration: ___, ...plan }: BoughtPlan) => plan

const used = (what: object, on = '2026-02-03'): Fact => ({ type: 'UsageReported', data: { ...NAMES, on, used: what } })
const monthly: Fact = {
  type: 'SubscriptionRenewed',
  data: { order: idOf(30), ...NAMES, amount: '10.00', currency: 'EUR', items: [pro(MARCH)], lines: [] },
}

t.test('a device begins on the free plan, and is found by either id', async (t) => {
  const { rows, counts, place } = await project(t, ...onFree)
  t.same(counts, { purchases: 0, running: 1 })
  const [row] = rows
  t.match(row, {
    kind: 'device',
    subscription: ID,
    hex: /^[0-9a-f]{24}$/,
    device: 'PH80',
    deviceName: null,
    recordedAt: NOW,
    free: FREE,
    item: { plan: FREE, state: 'active', paid: null, next: null, draft: null, used: none },
  })
  for (const id of [ID, row?.kind === 'device' ? row.hex : ''])
    t.match((await place(id))?.body, { kind: 'place', leaf: 3 })
  t.equal(await place(idOf(99)), null)
  const named: Fact = {
    ...began,
    data: { ...began.data, deviceName: { personKey: idOf(9), sealed: 'c2VhbGVk' } },
  } as Fact
  t.match((await project(t, named)).rows, [{ deviceName: { personKey: idOf(9), sealed: 'c2VhbGVk' } }])
})

t.test('what is bought for a device, from the balance or by card, runs from then on', async (t) => {
  const part = { on: '2026-02-10', remainingDays: 19, totalDays: 28 }
  const addons = [{ addon: 'more', addonVersion: 1, name: 'More', price: '1.50', quotas: { sms: '10', storage: '1' } }]
  const promocode = { code: 'ten', grantLeaf: 2, type: 'percent' as const, value: '10', periodsLeft: 2 }
  const full = { proration: part, addons, promocode, level: 'S' }
  const item = await itemOf(t, boughtPro(full))
  t.same(item.plan, seen(pro(FEBRUARY, { charged: '7.00', addons, promocode, level: 'S' })))
  t.match(item.paid, { by: idOf(6), hex: /^[0-9a-f]{24}$/ })
  t.same(quotaOf(item.plan), { sms: '15', email: '100', notification: '0', storage: '1' })
  const draft = await itemOf(t, started())
  t.match(draft, {
    plan: FREE,
    paid: null,
    draft: { checkout: idOf(7), plan: seen(pro(FEBRUARY, { charged: '7.00' })) },
  })
  const card = await itemOf(t, started(), paid(4))
  t.match(card, { plan: { plan: 'Pro' }, paid: { by: idOf(7) }, draft: null })
  t.not(card.paid?.hex, draft.draft?.hex)
  const failed: Fact = {
    type: 'CheckoutFailed',
    data: { ...NAMED, purpose: 'purchase', items: [pro(FEBRUARY)], reason: 'declined' },
  }
  t.match(await itemOf(t, started(), failed), { plan: FREE, draft: null })
  t.match(await itemOf(t, started({ checkout: idOf(8) }), failed), { draft: { checkout: idOf(8) } })
  t.same((await project(t, ...onFree, boughtPro())).counts, { purchases: 1, running: 1 })
})

const NAMED = { checkout: idOf(7), checkoutLeaf: 4, account: 'ann', amount: '7.00', currency: 'EUR' }

t.test('a smaller plan waits, and begins with the next period', async (t) => {
  const small = { ...pro(undefined, { plan: 'Small' }), waits: true as const }
  const wait = boughtPro(small)
  const { period: _, charged: __, ...data } = (wait.type === 'Purchased' && wait.data.items[0]) || pro(undefined)
  const waiting: Fact = { ...wait, data: { ...wait.data, items: [data] } } as Fact
  const item = await itemOf(t, boughtPro(), pastDue('2026-03-08'), waiting)
  t.match(item, {
    state: 'past_due',
    until: '2026-03-08',
    plan: { plan: 'Pro' },
    next: { plan: { plan: 'Small' }, hex: /^[0-9a-f]{24}$/ },
  })
  t.match(await itemOf(t, boughtPro(), cancelled, waiting), { state: 'active', until: null })
  t.match(await itemOf(t, boughtPro(), waiting, cancelled), { state: 'cancelled', next: null })
  t.match(await itemOf(t, boughtPro(), waiting, monthly), {
    next: null,
    paid: { by: idOf(30) },
    plan: { period: MARCH },
  })
})

t.test('what could not be paid, what is cancelled, and the way back to the free plan', async (t) => {
  t.match(await itemOf(t, boughtPro(), pastDue('2026-03-08')), { state: 'past_due', until: '2026-03-08' })
  t.match(await itemOf(t, boughtPro(), pastDue('2026-03-08'), renewing('2026-03-02', 9)), {
    state: 'past_due',
    draft: { checkout: idOf(9) },
  })
  t.match(await itemOf(t, boughtPro(), pastDue('2026-03-08'), monthly), { state: 'active', until: null })
  t.match(await itemOf(t, boughtPro(), cancelled), { state: 'cancelled', until: null })
  const early: Fact = { type: 'SubscriptionCancelled', data: { ...NAMES, endsOn: '2026-03-01' } }
  t.match(await itemOf(t, boughtPro(), monthly, early), {
    plan: { plan: 'Pro', period: { start: '2026-02-01', end: '2026-03-01' } },
    state: 'cancelled',
  })
  const back = reverted('2026-03-01', 'cancelled')
  const newer = { ...back, data: { ...back.data, item: { ...FREE, planVersion: 2 } } } as Fact
  t.match(await rowOf(t, boughtPro(), cancelled, newer), {
    free: { planVersion: 2 },
    item: { plan: { planVersion: 2 }, state: 'active', paid: null, used: none },
  })
  const asked = started({ checkout: idOf(9) })
  t.match(await itemOf(t, boughtPro(), asked, back), { plan: FREE, draft: { checkout: idOf(9) } })
  const closed: Fact = { type: 'SubscriptionEnded', data: { ...NAMES, endedOn: '2026-03-01', reason: 'cancelled' } }
  const { rows, counts } = await project(t, ...onFree, closed)
  t.match(rows, [{ item: { state: 'ended', endedOn: '2026-03-01', reason: 'cancelled' } }])
  t.same(counts, { purchases: 0, running: 0 })
})

t.test('usage is counted from the beginning of a period; a change of plan within it keeps what was used', async (t) => {
  const both = await itemOf(
    t,
    boughtPro(),
    used({ sms: '3', storage: '0.05' }),
    used({ sms: '2', storage: '0.1' }, '2026-03-09'),
  )
  t.same(both.used, { ...none, sms: '5', storage: '0.15' })
  t.same(usedOn(both, '2027-01-01'), both.used)
  const changed = await itemOf(
    t,
    boughtPro(),
    used({ sms: '3' }),
    boughtPro({ period: { ...FEBRUARY, start: '2026-02-20' } }),
  )
  t.same(changed.used, { ...none, sms: '3' })
  const yearly = { start: '2026-02-20', end: '2027-02-20', anchor: '2026-02-20', unit: 'year', zone: 'UTC' } as const
  for (const fact of [monthly, boughtPro({ period: yearly }), reverted('2026-03-01', 'unpaid')]) {
    t.same((await itemOf(t, boughtPro(), used({ sms: '3' }), fact)).used, none)
  }
})

t.test('on the free plan usage is counted by calendar month', async (t) => {
  const february = await itemOf(t, used({ email: '3' }), used({ email: '2' }, '2026-02-28'))
  t.same(usedOn(february, '2026-02-28'), { ...none, email: '5' })
  t.same(usedOn(february, '2026-03-01'), none)
  const march = await itemOf(t, used({ email: '3' }), used({ email: '2' }, '2026-03-01'))
  t.same(usedOn(march, '2026-03-31'), { ...none, email: '2' })
  t.same((await itemOf(t, used({ email: '3' }), boughtPro())).used, none, 'and what is paid begins with nothing used')
})

t.test('an event that names another subscription changes nothing', async (t) => {
  const other = { ...NAMES, subscription: idOf(77) }
  const facts: readonly Fact[] = [
    {
      type: 'SubscriptionPastDue',
      data: { ...other, amount: '1.00', currency: 'EUR', due: '2026-03-01', until: '2026-03-08' },
    },
    boughtPro({ subscription: idOf(77) }),
    started({ items: [pro(FEBRUARY, { subscription: idOf(77) })] }),
    paid(4, { items: [pro(FEBRUARY, { subscription: idOf(77) })] }),
  ]
  t.match(await itemOf(t, ...facts), { plan: FREE, state: 'active', paid: null, draft: null })
  const row = await rowOf(t)
  for (const fact of [began, refundOf(3)]) {
    const [event] = logOf([fact])
    if (event?.type !== 'SubscriptionOpened' && event?.type !== 'PurchaseRefunded') throw new Error('another event')
    t.equal(subscriptions.evolveRow(row, event, { leaf: 3, key: 'ann', context: {} }), row)
  }
})

const refundOf = (orderLeaf: number): Fact => ({
  type: 'PurchaseRefunded',
  data: { refund: idOf(9), order: idOf(6), orderLeaf, account: 'ann', amount: '1.00', currency: 'EUR', lines: [] },
})

t.test('money for the balance by card is no subscription’s affair', async (t) => {
  const bare = { purpose: 'recharge' as const, items: [], lines: [] }
  t.match(await itemOf(t, started(bare), paid(4, bare)), { plan: FREE, draft: null })
})
