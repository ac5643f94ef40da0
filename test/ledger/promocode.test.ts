import t from 'tap'
import type { DataOf, Fact } from '../../events/catalogue.js'
import type { Grant } from '../../src/ledger/document.js'
import { grantId } from '../../src/ledger/document.js'
import { freeGrant, useGrant } from '../../src/ledger/grant-changes.js'
import { type Use, usable } from '../../src/ledger/promocode.js'
import type { RefusalCode } from '../../src/ledger/refusals.js'
import { later } from '../../src/ledger/time.js'
import { admin } from '../support/actors.js'
import { idOf } from '../support/books.js'
import { deciders } from '../support/decide.js'
import { granted, opened, promocode, promoted, purchased } from '../support/facts.js'
import { fc } from '../support/fast-check.js'
import { booksOf, NEW_ID, NOW } from '../support/given.js'
import { check } from '../support/random.js'

const SOON = later(NOW, 1)
const type = 'fixed' as const
const terms = { type, value: '5.00', currency: 'EUR', plans: ['basic', 'pro'], expiresAt: SOON }

const grantOf = (more: Parameters<typeof promocode>[1] = terms): Grant | undefined =>
  booksOf([granted(promocode('five', more), 'ann', 1, 1)]).document('grant', grantId('five', 'ann'))

const used = (grant: Grant | undefined): Grant | undefined => grant && { ...grant, used: idOf(2) }

t.test('a promocode is refused, in this order', async (t) => {
  const refused = (grant: Grant | undefined, use: Use, code: RefusalCode) => {
    const found = usable(grant, use)
    t.match(found, { kind: 'refused', refusal: { code, onRequest: false, detail: /^[A-Z].+\.$/ } })
  }
  const wrong = { plan: 'free', currency: 'USD', now: SOON }
  refused(undefined, wrong, 'promocode_not_found')
  refused(used(grantOf()), wrong, 'promocode_used')
  refused(grantOf(), wrong, 'promocode_expired')
  refused(grantOf(), { ...wrong, now: NOW }, 'promocode_wrong_plan')
  refused(grantOf(), { ...wrong, now: NOW, plan: 'pro' }, 'promocode_wrong_currency')
})

t.test('what is not asked about, and what its terms leave open, refuses nothing', async (t) => {
  const grant = grantOf()
  for (const use of [{ plan: 'pro', currency: 'EUR' }, { plan: 'basic' }, { currency: 'EUR' }, {}]) {
    t.equal(usable(grant, { ...use, now: NOW }), grant)
  }
  const open = grantOf({})
  t.equal(usable(open, { plan: 'any', currency: 'USD', now: '2999-01-01T00:00:00.000Z' }), open)
})

t.test('a grant is used by one order, and free again where that came to nothing', async (t) => {
  const grant = grantOf()
  const use = useGrant('five', 'ann', idOf(2))
  t.equal(use.key, 'grant/five/ann')
  t.equal(use.opens, null)
  t.strictSame(use.apply(grant), used(grant))
  const free = freeGrant('five', 'ann', idOf(2))
  t.strictSame(free.apply(used(grant)), grant)
  t.match(freeGrant('five', 'ann', idOf(3)).apply(used(grant)), { used: idOf(2) })
  t.match(useGrant('five', 'ann', idOf(3)).apply(used(grant)), { used: idOf(2) })
  const batch = { kind: 'batch', batch: 'spring' } as const
  for (const { apply } of [use, free]) {
    t.equal(apply(undefined), undefined)
    t.equal(apply(batch), batch)
  }
})

const checkout = (purpose: 'purchase' | 'renewal', n: number): DataOf<'CheckoutStarted'> => {
  const { order: checkout, ...sold } = promoted(purchased('ann', '1.00', n), 'five', 0)
  return { checkout, ...sold, purpose, means: 'stored' }
}

t.test('orders and checkouts use grants, a failed checkout frees its own, and the next periods use none', async (t) => {
  const usedAfter = (...facts: readonly Fact[]) =>
    booksOf([granted(promocode('five'), 'ann', 1, 1), opened('ann'), ...facts]).document('grant', 'five/ann')?.used
  const bought: Fact = { type: 'Purchased', data: promoted(purchased('ann', '1.00', 2), 'five', 0) }
  const started = (n: number, purpose: 'purchase' | 'renewal' = 'purchase'): Fact => ({
    type: 'CheckoutStarted',
    data: checkout(purpose, n),
  })
  const failed = (n: number, purpose: 'purchase' | 'renewal' = 'purchase'): Fact => {
    const { lines: _, means: __, ...rest } = checkout(purpose, n)
    return { type: 'CheckoutFailed', data: { ...rest, checkoutLeaf: 2, reason: 'declined' } }
  }
  t.equal(usedAfter(bought), idOf(2))
  t.equal(usedAfter({ type: 'Purchased', data: purchased('ann', '1.00', 2) }), null)
  t.equal(usedAfter(started(3)), idOf(3))
  t.equal(usedAfter(started(3), failed(3)), null)
  t.equal(usedAfter(started(3), failed(3), bought), idOf(2))
  t.equal(usedAfter(bought, started(3), failed(3)), idOf(2), 'a change of plan on the terms of an earlier promocode')
  t.equal(usedAfter(started(3, 'renewal')), null)
  t.equal(usedAfter(bought, started(3, 'renewal'), failed(3, 'renewal')), idOf(2))
})

/** What an admin may do to a promocode, in any order; `grants`: its limit from now on. */
const step = fc.oneof(
  fc.record({ grant: fc.constantFrom('ann', 'bob', 'eve', 'fay', 'gus', 'hal') }),
  fc.record({
    grants: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    value: fc.integer({ min: 1, max: 99 }),
  }),
)

t.test(
  'never more grants than the limit of their time, one to an account, and their terms stay as they were',
  async (t) => {
    const names = ['ann', 'bob', 'eve', 'fay', 'gus', 'hal']
    const property = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const books = booksOf([promocode('few', { grants: 3 }), ...names.map((name) => opened(name))])
      const given = new Map<string, unknown>()
      let most = 3
      let version = 1
      for (const one of steps) {
        if ('grant' in one) {
          const input = { promocode: 'few', account: one.grant }
          const decision = deciders['grant-promocode'](books, input, { actor: admin, now: NOW, id: NEW_ID })
          const free = given.size < most && !given.has(one.grant)
          if (free !== (decision.kind === 'facts')) return false
          if (decision.kind !== 'facts') continue
          for (const fact of decision.facts) books.append(fact, NOW)
          given.set(one.grant, decision.facts[0]?.data)
        } else {
          version += 1
          most = one.grants ?? Number.POSITIVE_INFINITY
          const limit = one.grants !== undefined && { grants: one.grants }
          const next = { itemVersion: version, itemLeaf: 0, value: String(one.value), ...limit }
          books.append(promocode('few', next), NOW)
        }
      }
      const counted = books.document('grants', 'few')?.granted ?? 0
      return (
        counted === given.size &&
        [...given].every(([name, data]) => books.document('grant', grantId('few', name))?.data === data)
      )
    })
    check(t, property, 300)
  },
)
