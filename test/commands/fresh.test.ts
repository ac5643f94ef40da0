import t from 'tap'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { actor } from '../support/actors.js'
import { idOf } from '../support/books.js'
import { freePlan, ID, onFree } from '../support/device.js'
import { Process, settle } from '../support/loop.js'
import { publish, put } from '../support/on-sale.js'
import { plans } from '../support/plans.js'

/** A log that tells nothing by itself. */
const stalled = async function* (): AsyncGenerator<never> {
  await new Promise(() => undefined)
}

const ann = actor('ann')
const by = { actor: ann }
const wanted = { account: 'ann', subscription: ID, plan: 'Basic10', addons: [] }
const basket = { account: 'ann', items: [{ subscription: ID, plan: 'Basic10' }] }

/** ann has 20.00 and a device on the free plan; the second process is told nothing of the log after its start. */
const begin = async () => {
  const store = createMemoryEventStore()
  await publish(store, [freePlan, ...plans])
  await put(store, 'account-ann', onFree.slice(1))
  const one = new Process(store)
  const reads = { count: 0 }
  const sibling = store.sibling()
  const readLog = sibling.readLog.bind(sibling)
  const counted: typeof readLog = (options) => {
    reads.count += 1
    return readLog(options)
  }
  const told = Object.assign(sibling, { subscribe: stalled, readLog: counted })
  const two = new Process(told, { around: one.around })
  t.teardown(() => [one, two].map((process) => process.kill()))
  for (const { loop } of [one, two]) await loop.catchUp()
  reads.count = 0
  return { one, two, reads }
}

t.test('what was taken out of a cart is in it on no process', async (t) => {
  const { one, two } = await begin()
  t.equal(await two.loop.locateCart('ann'), null)
  const added = await one.ask('add-cart-item', wanted, by)
  if (added.kind !== 'done' || added.event.type !== 'CartItemAdded') throw new Error('not added')
  const { item } = added.event.data
  t.match(await two.loop.locateCart('ann'), { items: [{ id: item }] })
  await one.ask('remove-cart-item', { account: 'ann', item }, by)
  t.match(await two.loop.locateCart('ann'), { items: [] })
})

t.test('what is sold is taxed where the customer has just said that he lives, on any process', async (t) => {
  for (const [name, input] of [
    ['buy', basket],
    ['start-checkout', { ...basket, means: 'nonce' }],
    ['checkout', { account: 'ann', plan: 'Basic10' }],
  ] as const) {
    const { one, two, reads } = await begin()
    const address = { personKey: idOf(40), sealed: 'c2VhbGVk' }
    await one.ask('change-customer', { account: 'ann', address, erasures: 0, taxCountry: 'SG' }, by)
    const asked = two.ask(name, input, by)
    await settle()
    t.equal(reads.count, 1, 'one look at the log')
    await two.loop.catchUp()
    t.match(await asked, { event: { data: { amount: '10.90', tax: { country: 'SG' } } } }, name)
  }
})

t.test('nobody else waits for that', async (t) => {
  const { one, two, reads } = await begin()
  await one.ask('open', { owner: 'bob' })
  await two.loop.catchUp()
  reads.count = 0
  const trade = two.ask('trade', { buyer: 'ann', seller: 'bob', amount: '1.00' }, by)
  await settle()
  t.equal(reads.count, 0)
  await two.loop.catchUp()
  t.match(await trade, { kind: 'done' })
})
