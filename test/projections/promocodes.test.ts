import t from 'tap'
import type { DataOf, Fact } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import { openRunner, specOf } from '../../src/follower/runner.js'
import { countKey, holderKey, placeKey, promocodes } from '../../src/projections/promocodes.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import { contents, runs, seed } from '../contract/view-store.js'
import { TestLog } from '../follower/log.js'
import { Books, idOf } from '../support/books.js'
import { granted, opened, promocode, promoted, purchased } from '../support/facts.js'
import { fc } from '../support/fast-check.js'
import { NOW } from '../support/given.js'
import { anyFact, factOf } from '../support/random-facts.js'

const logOf = (facts: readonly Fact[]): readonly LedgerEvent[] => {
  const books = new Books()
  return facts.map((fact) => books.append(fact, NOW))
}

/** Each bite of the log by a process that has just started. */
const project = async (facts: readonly Fact[], bite = 100) => {
  const views = createMemoryViewStore()
  const build = await views.createBuild(specOf(promocodes))
  const events = logOf(facts)
  const log = new TestLog().push(events)
  for (let from = 0; from < events.length; from += bite) {
    const runner = await openRunner({ projection: promocodes, build, log, sleep: async () => {} })
    const some = events.slice(from, from + bite)
    await runner.handle(
      { events: some, positions: some.map(({ leaf }) => (leaf + 1) * 10) },
      new AbortController().signal,
    )
  }
  await views.makeLive('promocodes', build.name)
  const { reader } = views
  return {
    text: await contents(build),
    document: async (key: string) => {
      const record = await reader.document('promocodes', key)
      return record && promocodes.document.decode(record.body)
    },
    rows: (account: string) => reader.rows('promocodes', { key: holderKey(account), direction: 'forwards', max: 10 }),
  }
}

const full = promocode('five', {
  type: 'fixed',
  value: '5.00',
  currency: 'EUR',
  periods: 3,
  plans: ['basic', 'pro'],
  remark: 'r',
  expiresAt: '2026-06-30T16:00:00.000Z',
})
const facts = [
  full,
  promocode('ten'),
  opened('ann'),
  granted(full, 'ann', 1, 1),
  granted(full, 'ten', 2, 2),
  granted(promocode('ten'), 'ann', 1, 3),
]

t.test('an account has its grants in order, each found by its promocode, and each is counted', async (t) => {
  const views = await project(facts)
  const rows = await views.rows('ann')
  t.strictSame(
    rows.map(({ leaf, body }) => [leaf, promocodes.rowBody.decode(body)]),
    [
      [3, { data: facts[3]?.data, grantedAt: NOW, used: null }],
      [5, { data: facts[5]?.data, grantedAt: NOW, used: null }],
    ],
  )
  t.strictSame(await views.document(placeKey('ten', 'ann')), { kind: 'grant', leaf: 5 })
  t.strictSame(await views.document(placeKey('five', 'ten')), { kind: 'grant', leaf: 4 })
  t.strictSame(await views.document(countKey('five')), { kind: 'count', granted: 2 })
  t.strictSame(await views.document(countKey('ten')), { kind: 'count', granted: 1 })
  t.strictSame(await views.document(holderKey('ten')), { kind: 'count', granted: 1 })
  t.equal(await views.document(placeKey('ten', 'ten')), null)
})

const bought: Fact = { type: 'Purchased', data: promoted(purchased('ann', '1.00', 7), 'five', 3) }
const checkout = (n: number): DataOf<'CheckoutStarted'> => {
  const { order: checkout, ...sold } = promoted(purchased('ann', '1.00', n), 'five', 3)
  return { checkout, ...sold, purpose: 'purchase', means: 'nonce' }
}
const started = (n: number): Fact => ({ type: 'CheckoutStarted', data: checkout(n) })
const failed = (n: number): Fact => {
  const { lines: _, means: __, ...rest } = checkout(n)
  return { type: 'CheckoutFailed', data: { ...rest, checkoutLeaf: 6, reason: 'declined' } }
}

t.test('a grant says which order or checkout uses it, as the write model does', async (t) => {
  const more: readonly (readonly [string | null, ...Fact[]])[] = [
    [idOf(7), bought],
    [idOf(8), started(8)],
    [null, started(8), failed(8)],
    [idOf(9), started(8), failed(8), started(9)],
    [idOf(7), bought, started(8), failed(8)],
    [null, { type: 'Purchased', data: promoted(purchased('ann', '1.00', 7), 'five', 2) }],
    [null, { type: 'CheckoutStarted', data: { ...checkout(8), purpose: 'renewal' } }],
  ]
  for (const [used, ...events] of more) {
    const all = [...facts, ...events]
    for (const bite of [100, 1]) {
      const rows = (await (await project(all, bite)).rows('ann')).map(
        ({ body }) => promocodes.rowBody.decode(body).used,
      )
      t.strictSame(rows, [used, null])
    }
  }
})

t.test('any log folds to the same bytes, however it is cut, and what is stored is read again as it was', async (t) => {
  const any = fc.array(fc.oneof(factOf('PromocodeGranted'), anyFact), { maxLength: 30 })
  const property = fc.asyncProperty(any, fc.integer({ min: 1, max: 7 }), async (facts, bite) => {
    const whole = await project(facts)
    for (const account of ['ann', 'bob', 'eve']) {
      for (const { body } of await whole.rows(account)) {
        const again = promocodes.rowBody.encode(promocodes.rowBody.decode(body))
        if (JSON.stringify(again) !== JSON.stringify(body)) return false
      }
    }
    return whole.text === (await project(facts, bite)).text
  })
  await fc.assert(property, { numRuns: runs, seed })
  t.comment(`seed ${seed}`)
})

t.test('an event that changes no grant leaves the row as it is', async (t) => {
  const [event] = logOf([granted(full, 'ann', 1, 1)])
  if (event?.type !== 'PromocodeGranted') throw new Error('another event')
  const row = { data: event.data, grantedAt: NOW, used: null }
  t.equal(promocodes.evolveRow(row, event, { leaf: 0, key: holderKey('ann'), context: {} }), row)
})

t.test('a damaged body is not read', async (t) => {
  const [row] = await (await project(facts)).rows('ann')
  for (const damage of [
    { plans: 'basic' },
    { plans: [1] },
    { type: 'half' },
    { periods: '3' },
    { remark: 1 },
    { used: 1 },
  ]) {
    t.throws(() => promocodes.rowBody.decode({ ...row?.body, ...damage }), TypeError)
  }
  t.throws(() => promocodes.document.decode({ kind: 'grant' }), TypeError)
  t.throws(() => promocodes.document.decode({}), TypeError)
})
