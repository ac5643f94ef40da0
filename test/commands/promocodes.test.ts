import t from 'tap'
import { createMemoryEventStore, type Fault } from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { promocode } from '../support/facts.js'
import { fc } from '../support/fast-check.js'
import { decode, ended, Process, Surroundings, said } from '../support/loop.js'
import { publish } from '../support/on-sale.js'
import { faulty } from '../support/trouble.js'

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `client-${n}`)

const STREAM = 'promocode-few'

/** Two processes on one log, where the promocode `few` may be granted so often, and these accounts. */
const start = async (grants: number, accounts: readonly string[], faults: Fault[] = []) => {
  const { before, faults: armed } = faulty()
  const store = createMemoryEventStore({ before })
  await publish(store, [promocode('few', { grants })])
  const around = new Surroundings()
  const [one, other] = [new Process(store, { around }), new Process(store.sibling({ before }), { around })]
  for (const owner of accounts) await one.ask('open', { owner })
  armed.push(...faults)
  return { store, one, other, stop: () => Promise.all([one.stop(), other.stop()]) }
}

/** What lies in the stream: to whom, and which number. */
const granted = async (store: EventStore) => {
  const all = await store.readStream(STREAM, { direction: 'forwards', max: 1000 })
  return all.map(decode).map(({ data }) => ('number' in data ? [data.account, data.number] : []))
}

const tally = (answers: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}

t.test('of a hundred clients of two processes, as many are granted a promocode as there are grants', async (t) => {
  for (const grants of [1, 10]) {
    const accounts = names(100)
    const { store, one, other, stop } = await start(grants, accounts)
    const answers = await Promise.all(
      accounts.map((account, n) => ended((n % 2 ? one : other).ask('grant-promocode', { promocode: 'few', account }))),
    )
    t.strictSame(tally(answers), { PromocodeGranted: grants, promocode_exhausted: 100 - grants })
    const numbers = (await granted(store)).map(([, number]) => number)
    t.strictSame(
      numbers,
      Array.from({ length: grants }, (_, n) => n + 1),
    )
    await stop()
  }
})

t.test('an account is granted a promocode once, however often and wherever it is asked for', async (t) => {
  const { store, one, other, stop } = await start(5, ['ann'])
  const input = { promocode: 'few', account: 'ann' }
  const all = names(100).map((_, n) => ended((n % 2 ? one : other).ask('grant-promocode', input)))
  t.strictSame(tally(await Promise.all(all)), { PromocodeGranted: 1, promocode_granted: 99 })
  t.strictSame(await granted(store), [['ann', 1]])
  await stop()
})

t.test('under one key all get the answer of the first', async (t) => {
  const { store, one, other, stop } = await start(5, ['ann'])
  const input = { promocode: 'few', account: 'ann' }
  const all = await Promise.all(
    names(100).map((_, n) => (n % 2 ? one : other).ask('grant-promocode', input, { key: 'k' })),
  )
  t.strictSame(tally(all.map(said)), { PromocodeGranted: 1, 'PromocodeGranted again': 99 })
  t.equal(new Set(all.map((done) => done.kind === 'done' && done.event.id)).size, 1)
  t.strictSame(await granted(store), [['ann', 1]])
  await stop()
})

t.test('whatever strikes the appends, no limit is passed, and what was told is what lies there', async (t) => {
  const fault = fc.constantFrom<Fault>('ok', 'twice', 'unknown-stored', 'unknown-lost', 'wrong-revision', 'disk-full')
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 6 }),
    fc.array(fault, { maxLength: 8 }),
    fc.array(fc.record({ who: fc.nat({ max: 7 }), first: fc.boolean() }), { minLength: 1, maxLength: 30 }),
    async (grants, faults, asked) => {
      const accounts = names(8)
      const { store, one, other, stop } = await start(grants, accounts, faults)
      const answers = await Promise.all(
        asked.map(({ who, first }) =>
          ended((first ? one : other).ask('grant-promocode', { promocode: 'few', account: `client-${who}` })),
        ),
      )
      const found = await granted(store)
      await stop()
      const told = answers.filter((answer) => answer === 'PromocodeGranted').length
      return (
        found.length === told &&
        told <= grants &&
        found.every(([, number], n) => number === n + 1) &&
        new Set(found.map(([account]) => account)).size === found.length
      )
    },
  )
  const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
  await fc.assert(property, { seed, numRuns: Number(process.env.COUNTERFOIL_RUNS ?? 50) })
  t.pass(`COUNTERFOIL_SEED=${seed}`)
})
