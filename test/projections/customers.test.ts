import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { customers } from '../../src/projections/customers.js'
import { runs, seed } from '../contract/view-store.js'
import { idOf } from '../support/books.js'
import { fc } from '../support/fast-check.js'
import { factOf } from '../support/random-facts.js'
import { logged, projecting } from './project.js'

const project = projecting(customers)

const address = (n: number) => ({ personKey: idOf(n), sealed: `c2VhbGVk${n}` })
const changed = (n: number, taxCountry?: string): Fact => ({
  type: 'CustomerChanged',
  data: { account: 'ann', address: address(n), ...(taxCountry !== undefined && { taxCountry }) },
})
const erased: Fact = { type: 'PersonErased', data: { account: 'ann', personKey: idOf(1), erasure: 1 } }

const bodyAfter = async (...facts: readonly Fact[]) =>
  (await (await project(logged(facts))).reader.document('customers', 'ann'))?.body

t.test('an address keeps the id and the time of the first one', async (t) => {
  const first = { id: '000000000000800080000000', createdAt: '2026-03-01T12:00:00.000Z' }
  t.strictSame(await bodyAfter(changed(1, 'SG')), {
    account: 'ann',
    address: { ...first, ...address(1), modifiedAt: '2026-03-01T12:00:00.000Z' },
    taxCountry: 'SG',
  })
  t.strictSame(await bodyAfter(changed(1, 'SG'), changed(2)), {
    account: 'ann',
    address: { ...first, ...address(2), modifiedAt: '2026-03-01T12:00:01.000Z' },
  })
})

t.test('who is erased has no address, and a new one is the first again; what he is taxed by stays', async (t) => {
  const gone = { account: 'ann', taxCountry: 'SG', erasedAt: '2026-03-01T12:00:01.000Z' }
  t.strictSame(await bodyAfter(changed(1, 'SG'), erased), gone)
  t.strictSame(await bodyAfter(changed(1, 'SG'), erased, changed(2, 'SG')), {
    ...gone,
    address: {
      id: '000000020000800080000000',
      ...address(2),
      createdAt: '2026-03-01T12:00:02.000Z',
      modifiedAt: '2026-03-01T12:00:02.000Z',
    },
  })
})

t.test('folds are total: a person may be erased of whom nothing was known', async (t) => {
  t.strictSame(await bodyAfter(erased), { account: 'ann', erasedAt: '2026-03-01T12:00:00.000Z' })
})

const anyFact = fc.constantFrom(...customers.handles).chain(factOf)

t.test('a rebuild gives the same bytes, wherever the follower was cut off', async (t) => {
  const facts = fc.array(anyFact, { minLength: 1, maxLength: 40 })
  const property = fc.asyncProperty(facts, fc.array(fc.nat(40), { maxLength: 5 }), async (drawn, cuts) => {
    const events = logged(drawn)
    const parts = cuts.sort((a, b) => a - b)
    return (await project(events, parts)).text === (await project(events)).text
  })
  await fc.assert(property, { seed, numRuns: runs })
  t.pass(`${runs} logs, COUNTERFOIL_SEED=${seed}`)
})

t.test('a damaged body is not read', async (t) => {
  const body = (await bodyAfter(changed(1, 'SG'), erased, changed(2))) ?? {}
  const decoded = customers.document.decode(body)
  t.match(decoded, { account: 'ann', taxCountry: null, address: { sealed: 'c2VhbGVk2' } })
  t.strictSame(customers.document.encode(decoded), body)
  for (const damage of [{ account: 1 }, { address: 'x' }, { address: {} }, { erasedAt: 1 }])
    t.throws(() => customers.document.decode({ ...body, ...damage }))
})
