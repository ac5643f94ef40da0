import t, { type Test } from 'tap'
import type { CommandName, Inputs, Outcome } from '../../src/commands/port.js'
import { cartStream } from '../../src/ledger/streams.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { actor } from '../support/actors.js'
import { published } from '../support/facts.js'
import { decode, Process, said } from '../support/loop.js'
import { publish } from '../support/on-sale.js'

const ann = actor('ann')

/** Two processes on one log, where ann has so many subscriptions. */
const begin = async (t: Test, count: number) => {
  const store = createMemoryEventStore()
  await publish(store, [published('Free', '0.00'), published('pro', '30.00')])
  const one = new Process(store)
  const other = new Process(store, { around: one.around })
  t.teardown(() => [one.kill(), other.kill()])
  await one.ask('open', { owner: 'ann' })
  const subscriptions: string[] = []
  for (let n = 0; n < count; n += 1) {
    const begun = await one.ask('open-subscription', { account: 'ann', device: `D${n}` })
    if (begun.kind === 'done' && 'device' in begun.event.data) subscriptions.push(begun.event.data.subscription)
  }
  const ask = <Name extends CommandName>(process: Process, name: Name, input: Inputs[Name]) =>
    process.ask(name, input, { actor: ann })
  return { store, one, other, subscriptions, ask }
}

const wanted = (subscription = '', plan = 'pro') => ({ account: 'ann', subscription, plan, addons: [] })

const itemOf = (outcome: Outcome | undefined): string =>
  outcome?.kind === 'done' && 'item' in outcome.event.data ? String(outcome.event.data.item) : ''

const inCart = async (store: EventStore) =>
  (await store.readStream(cartStream('ann'), { direction: 'forwards', max: 100 })).map(decode)

t.test('a hundred times one key is one item, after a restart too', async (t) => {
  const { store, one, other, subscriptions } = await begin(t, 1)
  const by = { actor: ann, key: 'k' }
  const input = wanted(subscriptions[0])
  const processes = [one, other]
  const asked = Array.from({ length: 100 }, (_, n) => (processes[n % 2] ?? one).ask('add-cart-item', input, by))
  const outcomes = await Promise.all(asked)
  t.equal(outcomes.filter((outcome) => outcome.kind === 'done' && outcome.replayed).length, 99)
  t.equal(new Set(outcomes.map(itemOf)).size, 1)
  t.equal((await inCart(store)).length, 1)
  t.equal(said(await one.ask('add-cart-item', wanted(subscriptions[0], 'Free'), by)), 'key-reused')
  await one.flush()
  const again = new Process(store, { around: one.around, database: one.database })
  t.teardown(() => again.kill())
  t.equal(itemOf(await again.ask('add-cart-item', input, by)), itemOf(outcomes[0]))
  t.equal(said(await again.ask('remove-cart-item', { account: 'ann', item: itemOf(outcomes[0]) })), 'CartItemRemoved')
  t.equal(said(await again.ask('add-cart-item', input, by)), 'CartItemAdded again', 'what is gone is not put in again')
  t.equal((await inCart(store)).length, 2)
})

t.test('of two items for one subscription, asked of two processes at once, one is put in', async (t) => {
  const { store, one, other, subscriptions, ask } = await begin(t, 1)
  const outcomes = await Promise.all(
    [one, other].map((process) => ask(process, 'add-cart-item', wanted(subscriptions[0]))),
  )
  t.strictSame(outcomes.map(said).sort(), ['CartItemAdded', 'cart_has_subscription'])
  t.equal((await inCart(store)).length, 1)
})

t.test('a cart is never over full', async (t) => {
  const { store, one, other, subscriptions, ask } = await begin(t, 22)
  const outcomes = await Promise.all(
    subscriptions.map((subscription, n) => ask(n % 2 === 0 ? one : other, 'add-cart-item', wanted(subscription))),
  )
  t.equal(outcomes.filter(({ kind }) => kind === 'done').length, 20)
  t.equal(outcomes.map(said).filter((word) => word === 'cart_full').length, 2)
  t.equal((await inCart(store)).length, 20)
})

t.test('where two edits cross, each is decided on the other', async (t) => {
  const { store, one, other, subscriptions, ask } = await begin(t, 2)
  const added = await ask(one, 'add-cart-item', wanted(subscriptions[0]))
  const item = itemOf(added)
  t.match(await inCart(store), [{ data: { item, subscription: subscriptions[0] } }])
  const edits = await Promise.all([
    ask(one, 'change-cart-item', { ...wanted(subscriptions[1]), item }),
    ask(other, 'add-cart-item', wanted(subscriptions[1])),
  ])
  t.equal(edits.filter(({ kind }) => kind === 'done').length, 1)
  t.ok(edits.map(said).includes('cart_has_subscription'))
  const ends = await Promise.all([
    ask(one, 'remove-cart-item', { account: 'ann', item }),
    ask(other, 'change-cart-item', { ...wanted(subscriptions[0]), item }),
    ask(other, 'remove-cart-item', { account: 'ann', item }),
  ])
  t.equal(ends.map(said).filter((word) => word === 'CartItemRemoved').length, 1)
  const types = (await inCart(store)).map(({ type }) => type)
  t.equal(types.lastIndexOf('CartItemRemoved'), types.length - 1, 'nothing is changed that was removed')
})
