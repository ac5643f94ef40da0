import Database from 'better-sqlite3'
import t from 'tap'
import { readBookFile } from '../../src/commands/book-file.js'
import { Books } from '../../src/commands/books.js'
import { createQuotes } from '../../src/commands/quotes.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { actor } from '../support/actors.js'
import { freePlan, ID, onFree } from '../support/device.js'
import { Process, Surroundings, settings } from '../support/loop.js'
import { publish, put } from '../support/on-sale.js'
import { plans } from '../support/plans.js'

const basket = (plan: string) => ({ account: 'ann', items: [{ subscription: ID, plan }] })
const change = { account: 'ann', plan: 'Pro30', oldPlan: 'Basic10' }
const ann = actor('ann')

/** A log that tells nothing by itself. */
const stalled = async function* (): AsyncGenerator<never> {
  await new Promise(() => undefined)
}

/** ann has 20.00 and a device on the free plan. */
const filled = async () => {
  const store = createMemoryEventStore()
  await publish(store, [freePlan, ...plans])
  await put(store, 'account-ann', onFree.slice(1))
  return store
}

t.test('a quote rests on all that lies in the log, also on a process that was told nothing of it', async (t) => {
  const [store, around] = [await filled(), new Surroundings()]
  const one = new Process(store, { around })
  const two = new Process(Object.assign(store.sibling(), { subscribe: stalled }), { around })
  t.teardown(() => [one, two].map((process) => process.kill()))
  for (const { loop } of [one, two]) {
    t.match(await loop.quotes.basket(basket('Basic10')), { basket: { amount: '10.00' } })
    t.match(await loop.quotes.list(change), { price: 3000n, quote: { payable: 2000n } })
  }
  const outcome = await one.ask('buy', basket('Basic10'), { actor: ann })
  t.match(outcome, { kind: 'done', event: { data: { amount: '10.00' } } }, 'it costs what was quoted')
  for (const { loop } of [two, one]) {
    t.match(await loop.quotes.basket(basket('Basic10')), { refusal: { code: 'subscription_unchanged' } })
    t.match(await loop.quotes.basket(basket('Pro30')), { basket: { amount: '20.00' } })
  }
})

t.test('nothing is quoted on books that are ahead of what was read', async (t) => {
  const database = new Database(':memory:')
  const process = new Process(await filled(), { database, follow: false })
  await process.flush()
  const behind = [true, true, false]
  let catchUps = 0
  const world = {
    books: new Books(readBookFile(database), { accounts: 10, others: 10 }),
    now: () => '2026-03-31T12:00:00.000Z',
    behind: () => behind.shift() ?? false,
    catchUp: async () => {
      catchUps += 1
    },
  }
  t.match(await createQuotes(world, settings).list(change), { quote: { remainingDays: 1, totalDays: 31 } })
  t.equal(catchUps, 3)
})

t.test(
  'a clock that is behind the account’s last event quotes for the day of that event, as a checkout would',
  async (t) => {
    const around = new Surroundings()
    const one = new Process(await filled(), { around })
    t.teardown(() => one.kill())
    await one.loop.catchUp()
    around.now -= 2_000
    t.match(await one.loop.quotes.basket(basket('Basic10')), { sold: [{ quote: { remainingDays: 31 } }] })
  },
)
