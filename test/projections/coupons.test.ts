import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import { Cache } from '../../src/follower/cache.js'
import { encodeDocuments, fold, load } from '../../src/follower/fold.js'
import type { AnyProjection } from '../../src/follower/projection.js'
import { batchKey, coupons as known } from '../../src/projections/coupons.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import { Books } from '../support/books.js'
import { fc } from '../support/fast-check.js'
import { NOW } from '../support/given.js'
import { check } from '../support/random.js'
import { factOf } from '../support/random-facts.js'

const coupons: AnyProjection = known
const hash = (n: number): string => String(n).padStart(43, 'h')

const issued = (batch: string, count: number): Fact => ({
  type: 'CouponsIssued',
  data: {
    batch,
    amount: '10.00',
    currency: 'EUR',
    expiresAt: '2027-01-01T00:00:00.000Z',
    coupons: Array.from({ length: count }, (_, n) => ({ serial: `${batch}-${n + 1}`, codeHash: hash(n + 1) })),
  },
})

const redeemed = (n: number): Fact => ({
  type: 'CouponRedeemed',
  data: {
    transfer: '00000000-0000-8000-8000-000000000001',
    serial: `spring-${n}`,
    codeHash: hash(n),
    batch: 'spring',
    account: 'ann',
    amount: '10.00',
    currency: 'EUR',
  },
})

const logOf = (facts: readonly Fact[]): readonly LedgerEvent[] => {
  const books = new Books()
  for (const fact of facts) books.append(fact, NOW)
  return books.log
}

const project = async (facts: readonly Fact[]) => {
  const build = await createMemoryViewStore().createBuild({ ...coupons, projection: 'coupons' })
  const loaded = await load(coupons, { build, documents: new Cache(10), row: () => undefined }, logOf(facts))
  const { rows, documents } = fold(coupons, loaded, {})
  t.same(rows, [])
  return Object.fromEntries(
    encodeDocuments(coupons, documents).map(({ key, body }) => [key, known.document.decode(body)]),
  )
}

const terms = { batch: 'spring', amount: '10.00', currency: 'EUR', expiresAt: '2027-01-01T00:00:00.000Z' }
const free = { redeemed: 0, redeemedBy: null, redeemedAt: null }

t.test('a batch is one document, and each coupon one under the hash of its code', async (t) => {
  t.strictSame(await project([issued('spring', 2)]), {
    [batchKey('spring')]: { name: 'spring', ...terms, count: 2, ...free },
    [hash(1)]: { name: 'spring-1', ...terms, count: 1, ...free },
    [hash(2)]: { name: 'spring-2', ...terms, count: 1, ...free },
  })
})

t.test('a coupon says whose money it became, the batch how many of them are gone', async (t) => {
  const gone = { redeemed: 1, redeemedBy: 'ann', redeemedAt: NOW }
  t.strictSame(await project([issued('spring', 3), redeemed(2), redeemed(3)]), {
    [batchKey('spring')]: { name: 'spring', ...terms, count: 3, redeemed: 2, redeemedBy: null, redeemedAt: null },
    [hash(1)]: { name: 'spring-1', ...terms, count: 1, ...free },
    [hash(2)]: { name: 'spring-2', ...terms, count: 1, ...gone },
    [hash(3)]: { name: 'spring-3', ...terms, count: 1, ...gone },
  })
})

t.test('a coupon of no batch that is known is folded all the same', async (t) => {
  t.match(await project([redeemed(1)]), {
    [batchKey('spring')]: { name: 'spring', count: 1, redeemed: 1, redeemedBy: null },
    [hash(1)]: { name: 'spring-1', count: 1, redeemed: 1, redeemedBy: 'ann', expiresAt: NOW },
  })
})

t.test('what is stored is what was folded, for any events', async (t) => {
  const any = fc.array(fc.oneof(factOf('CouponsIssued'), factOf('CouponRedeemed')), { maxLength: 10 })
  const property = fc.property(any, (facts) => {
    const documents = new Map<string, unknown>()
    for (const event of logOf(facts)) {
      for (const key of coupons.keys(event)) {
        const after = coupons.evolve(documents.get(key), event, { key, leaf: event.leaf, context: {} })
        documents.set(key, after)
        const body = coupons.document.encode(after)
        const again = coupons.document.encode(coupons.document.decode(body))
        if (JSON.stringify(again) !== JSON.stringify(body)) return false
      }
    }
    return true
  })
  check(t, property, 300)
})

t.test('a thousand coupons are one batch of writes', async (t) => {
  const documents = await project([issued('spring', 1000), redeemed(1000)])
  t.equal(Object.keys(documents).length, 1001)
  t.match(documents[batchKey('spring')], { count: 1000, redeemed: 1 })
})

t.test('there are no rows', async (t) => {
  const [event] = logOf([issued('spring', 1)])
  if (event === undefined) return
  const at = { key: hash(1), leaf: 0, context: {} }
  t.equal(coupons.rows, null)
  t.equal(coupons.row(undefined, event, at), undefined)
  t.same(coupons.rowKeys(event), [])
  t.equal(coupons.evolveRow('row', event, at), 'row')
  t.throws(() => coupons.rowBody.decode(coupons.rowBody.encode({})), TypeError)
})
