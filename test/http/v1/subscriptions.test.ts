import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { personKeyOf } from '../../../src/commands/person-key.js'
import { openText } from '../../../src/http/person-cipher.js'
import { hexId } from '../../../src/ledger/hex-id.js'
import { boughtPro, FEBRUARY, FREE, ID, NAMES, onFree, pastDue, pro, renewing } from '../../support/device.js'
import { startOn } from '../live-world.js'
import { admin, bearer, createWorld, logOf } from '../world.js'

const post = (world: ReturnType<typeof createWorld>, url: string, body: object = {}, authorization = bearer('ann')) =>
  world.app.inject({
    method: 'POST',
    url: `/v1/accounts/ann/subscriptions${url}`,
    headers: { authorization, 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  })

t.test('what is asked of the write side', async (t) => {
  const world = createWorld(onFree)
  const asked = async (url: string, body?: object) => {
    const reply = await post(world, url, body)
    const [one] = world.asked.splice(0)
    return [reply.statusCode, one?.name, one?.input]
  }
  const hex = 'a'.repeat(24)
  t.strictSame(await asked('', { device: 'X1' }), [201, 'open-subscription', { account: 'ann', device: 'X1' }])
  for (const id of [ID, hex]) {
    const input = { account: 'ann', subscription: id }
    t.strictSame(await asked(`/${id}/cancel`), [200, 'cancel-subscription', input])
    t.strictSame(await asked(`/${id}/close`), [200, 'close-subscription', input])
    const used = { sms: '1', storage: '0.05' }
    t.strictSame(await asked(`/${id}/usage`, { used }), [201, 'report-usage', { ...input, used }])
    t.match(await asked(`/${id}/usage`, { used, reference: 'r' }), [201, 'report-usage', { reference: 'r' }])
  }
})

t.test('a bad request is asked of nobody', async (t) => {
  const world = createWorld(onFree)
  for (const [url, body] of [
    ['', {}],
    ['', { device: '' }],
    ['', { device: 'a b' }],
    ['', { device: 'X1', deviceName: '' }],
    ['', { device: 'X1', deviceName: 'x'.repeat(257) }],
    ['', { device: 'X1', plan: 'Pro' }],
    ['/x/cancel', {}],
    [`/${ID}/usage`, {}],
    [`/${ID}/usage`, { used: {} }],
    [`/${ID}/usage`, { used: { sms: 1 } }],
    [`/${ID}/usage`, { used: { sms: '1e3' } }],
    [`/${ID}/usage`, { used: { calls: '1' } }],
    [`/${ID}/usage`, { used: { sms: '1' }, reference: '' }],
  ] as const) {
    t.equal((await post(world, url, body)).statusCode, 400, JSON.stringify(body))
  }
  t.strictSame(world.asked, [])
})

t.test('the name of a device reaches the write side sealed, and a stranger’s no store', async (t) => {
  const puts: string[] = []
  const secrets = {
    put: async (name: string) => void puts.push(name),
    get: async () => null,
    destroy: async () => undefined,
  }
  const keys = new Map<string, string>()
  const kept = { ...secrets, put: async (name: string, text: string) => void keys.set(name, text) }
  const mine = createWorld(onFree, { secrets: kept })
  t.equal((await post(mine, '', { device: 'X1', deviceName: 'Näme' })).statusCode, 201)
  const personKey = personKeyOf('ann', 0)
  const [one] = mine.asked
  t.match(one, { name: 'open-subscription', input: { device: 'X1', deviceName: { personKey }, erasures: 0 } })
  t.notMatch(JSON.stringify(one?.input), /Näme/)
  const sealed = one?.name === 'open-subscription' && 'deviceName' in one.input ? one.input.deviceName?.sealed : ''
  const key = Buffer.from(keys.get(`person/${personKey}`) ?? '', 'base64url')
  t.equal(openText(sealed ?? '', { account: 'ann', field: 'device-name', personKey }, key), 'Näme')
  const other = createWorld(onFree, { secrets })
  await post(other, '', { device: 'X1', deviceName: 'Name' }, bearer('eve'))
  t.strictSame(puts, [])
  t.match(other.asked, [{ input: { account: 'ann', device: 'X1' } }])
  await post(other, '', { device: 'X1', deviceName: 'Name' }, admin())
  t.strictSame(puts, [`person/${personKey}`])
})

t.test('the name of a device is replied as it was given, also to a repeated request', async (t) => {
  const { send } = await startOn(t, onFree)
  const key = { 'idempotency-key': 'k' }
  const url = '/v1/accounts/ann/subscriptions'
  const post = (body: object, headers = {}) => send(['POST', url], bearer('ann'), body, headers)
  const first = await post({ device: 'X1', deviceName: 'Näme' }, key)
  const { subscription, deviceName } = first.json()
  t.equal(deviceName, 'Näme')
  t.notMatch(first.text, /sealed|personKey/)
  t.equal((await send(['GET', `${url}/${subscription}`], bearer('ann'))).json().deviceName, deviceName)
  const again = await post({ device: 'X1', deviceName: 'Näme' }, key)
  t.strictSame([again.text, again.headers['idempotent-replayed']], [first.text, 'true'])
  t.notOk('deviceName' in (await post({ device: 'X2' })).json())
})

const get = async (facts: readonly Fact[], url: string, authorization = bearer('ann')) => {
  const reply = await createWorld(facts).app.inject({
    url: `/v1/accounts/ann/subscriptions${url}`,
    headers: { authorization },
  })
  return { status: reply.statusCode, body: reply.json() }
}

t.test('a device shows its plan, what that allows, what is used and what is left', async (t) => {
  const used: Fact = {
    type: 'UsageReported',
    data: { ...NAMES, on: '2026-03-01', used: { email: '31', storage: '0.01' } },
  }
  const device = {
    number: 3,
    subscription: ID,
    hex: hexId(logOf(onFree)[3]?.id ?? ''),
    device: 'PH80',
    recordedAt: '2026-02-01T03:00:00.000Z',
    plan: FREE,
    state: 'active',
    quota: { sms: '0', email: '30', notification: '0', storage: '0.05' },
    used: { sms: '0', email: '31', notification: '0', storage: '0.01' },
    left: { sms: '0', email: '0', notification: '0', storage: '0.04' },
  }
  t.strictSame(await get([...onFree, used], ''), { status: 200, body: { subscriptions: [device], next: null } })
  t.strictSame(await get([...onFree, used], `/${ID}`), { status: 200, body: device })
  t.match(await get(onFree, `/${ID}`, bearer('eve')), { status: 403 })
  t.match(await get(onFree, `/${'f'.repeat(24)}`), { status: 404, body: { code: 'subscription_not_found' } })
})

t.test('what has paid, what could not be paid, what is tried, and what comes next', async (t) => {
  const addons = [{ addon: 'more', addonVersion: 1, name: 'More', price: '1.50', quotas: { sms: '10' } }]
  const { period: _, charged: __, ...small } = pro(FEBRUARY, { plan: 'Small' })
  const sale = boughtPro()
  const wait = { ...sale, data: { ...sale.data, items: [{ ...small, waits: true }] } } as Fact
  const { body } = await get(
    [...onFree, boughtPro({ addons }), wait, pastDue('2026-03-08'), renewing('2026-03-01', 9)],
    `/${ID}`,
  )
  t.match(body, {
    plan: { plan: 'Pro', period: FEBRUARY, charged: '7.00', addons },
    state: 'past_due',
    until: '2026-03-08',
    quota: { sms: '15' },
    next: { plan: 'Small' },
    draft: { plan: 'Pro' },
  })
  t.match(body.draft.checkout, /-000000000009$/)
  t.notOk('waits' in body.next)
})
