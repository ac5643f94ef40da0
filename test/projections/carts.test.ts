import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { hexId } from '../../src/ledger/hex-id.js'
import { carts } from '../../src/projections/carts.js'
import { runs, seed } from '../contract/view-store.js'
import { eventIdOf, idOf } from '../support/books.js'
import { added, changed, removed } from '../support/cart-facts.js'
import { purchased } from '../support/facts.js'
import { fc } from '../support/fast-check.js'
import { factOf } from '../support/random-facts.js'
import { logged, projecting, START } from './project.js'

const project = projecting(carts)

const cartOf = async (facts: readonly Fact[], account = 'ann') =>
  (await (await project(logged(facts))).reader.document('carts', account))?.body

const item = (leaf: number, subscription: number, [createdAt, modifiedAt]: readonly [number, number]) => ({
  id: idOf(leaf + 1),
  hex: hexId(eventIdOf(leaf)),
  leaf,
  subscription: idOf(subscription),
  subscriptionHex: hexId(idOf(subscription)),
  plan: 'basic',
  addons: [],
  createdAt: new Date(START + createdAt * 1_000).toISOString(),
  modifiedAt: new Date(START + modifiedAt * 1_000).toISOString(),
})

t.test('a cart shows its items, oldest first, each as it is wanted now', async (t) => {
  const facts = [
    added('ann', [1, 7], { addons: ['more', 'space'], promocode: 'ten' }),
    added('ann', [2, 8]),
    added('bob', [3, 9]),
  ]
  const first = { ...item(0, 7, [0, 0]), addons: ['more', 'space'], promocode: 'ten' }
  t.strictSame(await cartOf(facts), { items: [first, item(1, 8, [1, 1])] })
  const after = [...facts, changed(0, 'ann', [1, 6], { plan: 'pro' })]
  t.strictSame(await cartOf(after), { items: [{ ...item(0, 6, [0, 3]), plan: 'pro' }, item(1, 8, [1, 1])] })
  t.strictSame(await cartOf([...after, removed('ann', [2, 1])]), { items: [{ ...item(0, 6, [0, 3]), plan: 'pro' }] })
})

t.test('what was bought leaves the cart, and what was bought of no cart leaves it alone', async (t) => {
  const sold = purchased('ann', '0.00', 7)
  const { order: checkout, ...rest } = sold
  const paid = { ...rest, checkout, checkoutLeaf: 1, purpose: 'purchase' as const, transaction: 't' }
  const facts: Fact[] = [
    ...[1, 2, 3].map((n) => added('ann', [n, n])),
    { type: 'Purchased', data: sold },
    { type: 'Purchased', data: { ...sold, cart: [idOf(2), idOf(9)] } },
    { type: 'CheckoutPaid', data: paid },
  ]
  const left = { items: [item(0, 1, [0, 0]), item(2, 3, [2, 2])] }
  t.match(await (await project(logged(facts))).reader.document('carts', 'ann'), { at: 4, body: left })
  t.strictSame(await cartOf([...facts, { type: 'CheckoutPaid', data: { ...paid, cart: [idOf(1)] } }]), {
    items: [item(2, 3, [2, 2])],
  })
  const [event] = logged([{ type: 'Purchased', data: sold }])
  if (event?.type !== 'Purchased') throw new Error('no purchase')
  t.strictSame(carts.keys(event), [])
  t.strictSame(carts.evolve(undefined, event, { leaf: 0, key: 'ann', context: {} }), { items: [] })
})

t.test('folds are total: what is not there is not changed, and what left does not come back', async (t) => {
  t.strictSame(await cartOf([changed(0, 'ann', [1, 7])]), { items: [] })
  t.strictSame(await cartOf([added('ann', [1, 7]), removed('ann', [1, 0]), changed(0, 'ann', [1, 7])]), { items: [] })
})

const anyFact = fc.constantFrom(...carts.handles).chain(factOf)

t.test('a rebuild gives the same bytes, wherever the follower was cut off', async (t) => {
  const facts = fc.array(anyFact, { minLength: 1, maxLength: 40 })
  const property = fc.asyncProperty(facts, fc.array(fc.nat(40), { maxLength: 5 }), async (drawn, cuts) => {
    const events = logged(drawn)
    const parts = await project(
      events,
      cuts.sort((a, b) => a - b),
    )
    return parts.text === (await project(events)).text
  })
  await fc.assert(property, { seed, numRuns: runs })
  t.pass(`${runs} logs, COUNTERFOIL_SEED=${seed}`)
})

t.test('a damaged body is not read', async (t) => {
  const whole = item(0, 7, [0, 0])
  t.match(carts.document.decode({ items: [whole] }), { items: [{ promocode: null }] })
  for (const damage of [{ addons: 'more' }, { addons: [1] }, { leaf: '1' }, { hex: null }])
    t.throws(() => carts.document.decode({ items: [{ ...whole, ...damage }] }))
})
