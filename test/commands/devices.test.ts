import t from 'tap'
import { readBookFile } from '../../src/commands/book-file.js'
import { runRenewals } from '../../src/commands/renewals.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { actor } from '../support/actors.js'
import { published } from '../support/facts.js'
import { decode, Process, said } from '../support/loop.js'
import { publish } from '../support/on-sale.js'
import { mac, nobody, none } from '../support/renewals.js'

const ann = actor('ann')
const meter = actor('meter', ['ann'], ['usage'])
const scheduler = actor('system:renewals', [])

/** Two processes on one log; ann has 100.00. */
const begin = async () => {
  const store = createMemoryEventStore()
  await publish(store, [published('Free', '0.00'), published('Pro', '31.00')])
  const one = new Process(store)
  const other = new Process(store, { around: one.around })
  t.teardown(() => [one.kill(), other.kill()])
  await one.ask('recharge', { account: 'ann', amount: '100', method: 'bank', opens: true })
  const types = async () => (await store.readLog({ after: null, max: 1_000 })).map((each) => decode(each).type).slice(4)
  return { store, one, other, types }
}

const opening = { account: 'ann', device: 'PH80' }

t.test('a hundred times one key opens one subscription, on any process', async (t) => {
  const { one, other, types } = await begin()
  const asked = Array.from({ length: 100 }, (_, n) =>
    (n % 2 === 0 ? one : other).ask('open-subscription', opening, { actor: ann, key: 'k' }),
  )
  const outcomes = (await Promise.all(asked)).map(said)
  t.equal(outcomes.filter((what) => what === 'SubscriptionOpened').length, 1)
  t.equal(outcomes.filter((what) => what === 'SubscriptionOpened again').length, 99)
  t.same(await types(), ['SubscriptionOpened'])
})

t.test('without keys one device has one subscription all the same', async (t) => {
  const { one, other, types } = await begin()
  const asked = Array.from({ length: 20 }, (_, n) =>
    (n % 2 === 0 ? one : other).ask('open-subscription', opening, { actor: ann }),
  )
  const outcomes = (await Promise.all(asked)).map(said).sort()
  t.same(outcomes, ['SubscriptionOpened', ...Array.from({ length: 19 }, () => 'device_has_subscription')])
  t.same(await types(), ['SubscriptionOpened'])
})

t.test('a device from its opening to its end', async (t) => {
  const { one, other, types } = await begin()
  const opened = await one.ask('open-subscription', opening, { actor: ann })
  if (opened.kind !== 'done' || opened.event.type !== 'SubscriptionOpened') throw new Error('not opened')
  const { subscription } = opened.event.data
  const which = { account: 'ann', subscription }
  const ask = { actor: ann }
  t.equal(said(await one.ask('cancel-subscription', which, ask)), 'subscription_free')
  t.equal(said(await other.ask('report-usage', { ...which, used: { sms: '1' } }, { actor: meter })), 'UsageReported')
  t.equal(said(await other.ask('report-usage', { ...which, used: { sms: '1' } }, ask)), 'forbidden')
  t.equal(said(await one.ask('buy', { account: 'ann', items: [{ subscription, plan: 'Pro' }] }, ask)), 'Purchased')
  t.equal(said(await one.ask('close-subscription', which, ask)), 'subscription_not_free')
  const run = async (asOf: string) => {
    one.around.now = Date.parse(`${asOf}T04:00:00.000Z`)
    await one.flush()
    const told = { progress: () => undefined, log: (message: string) => t.fail(message) }
    const who = { actor: scheduler, correlationId: 'a-run', mac, signal: new AbortController().signal }
    return runRenewals({ commands: one.loop, due: readBookFile(one.database), charge: nobody, asOf, ...who, ...told })
  }
  t.same(await run('2026-04-01'), { ...none, renewed: 1 })
  const [device] = readBookFile(one.database).account('ann')?.own?.subscriptions ?? []
  t.match(device, { device: 'PH80', pays: 'balance', charged: '31.00' })
  t.equal(
    said(await one.ask('cancel-subscription', { ...which, subscription: device?.hex ?? '' }, ask)),
    'SubscriptionCancelled',
  )
  t.same(await run('2026-05-01'), { ...none, ended: 1 })
  t.equal(said(await other.ask('close-subscription', which, ask)), 'SubscriptionEnded')
  t.equal(said(await other.ask('open-subscription', opening, ask)), 'SubscriptionOpened')
  t.same(await types(), [
    'SubscriptionOpened',
    'UsageReported',
    'Purchased',
    'SubscriptionRenewed',
    'SubscriptionCancelled',
    'SubscriptionReverted',
    'SubscriptionEnded',
    'SubscriptionOpened',
  ])
})
