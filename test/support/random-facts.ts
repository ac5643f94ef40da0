import fc from 'fast-check'
import { catalogue, type EventType, type Fact } from '../../events/catalogue.js'
import { Books, idOf } from './books.js'
import { NOW } from './given.js'

/** Any event at all, well formed but bound by no rule: folds must hold for all of them. */
const names = fc.constantFrom('ann', 'bob', 'eve')
const parties = fc.tuple(names, names).filter(([buyer, seller]) => buyer !== seller)
const amount = fc.integer({ min: 0, max: 10_000 }).map((cents) => (cents / 100).toFixed(2))
const small = fc.integer({ min: 0, max: 6 })

interface Draw {
  readonly parties: readonly [string, string]
  readonly amount: string
  readonly rest: string
  readonly n: number
  readonly leaf: number
  readonly up: boolean
}

const draw: fc.Arbitrary<Draw> = fc.record({
  parties,
  amount,
  rest: amount,
  n: small,
  leaf: small,
  up: fc.boolean(),
})

const make: { readonly [Type in EventType]: (draw: Draw) => Extract<Fact, { type: Type }>['data'] } = {
  AccountOpened: ({ parties: [owner], amount }) => ({ owner, currency: 'EUR', creditLimit: amount }),
  Recharged: (d) => ({ transfer: idOf(d.n), ...own(d), method: 'bank' }),
  RechargeReversed: (d) => ({
    transfer: idOf(d.n),
    recharge: idOf(d.n),
    rechargeLeaf: d.leaf,
    ...own(d),
    method: 'bank',
  }),
  Withdrawn: (d) => ({ transfer: idOf(d.n), ...own(d), method: 'bank' }),
  Traded: (d) => ({ order: idOf(d.n), ...both(d) }),
  TradeAuthorized: (d) => ({ order: idOf(d.n), ...both(d), expiresAt: NOW }),
  TradeCaptured: (d) => ({ ...later(d), released: d.rest }),
  TradeVoided: (d) => later(d),
  HoldExpired: (d) => later(d),
  RefundRequested: (d) => ({ refund: idOf(d.n), ...later(d) }),
  RefundApproved: (d) => refund(d),
  RefundRejected: (d) => refund(d),
  RefundWithdrawn: (d) => refund(d),
  CreditLimitChanged: ({ parties: [account], amount }) => ({ account, currency: 'EUR', creditLimit: amount }),
  AccountFrozen: ({ parties: [account] }) => ({ account, reason: 'r' }),
  AccountUnfrozen: ({ parties: [account] }) => ({ account, reason: 'r' }),
  Adjusted: (d) => ({
    transfer: idOf(d.n),
    ...own(d),
    direction: d.up ? 'up' : 'down',
    reason: 'r',
    approver: 'operator',
  }),
}

const own = ({ parties: [account], amount }: Draw) => ({ account, amount, currency: 'EUR' })
const both = ({ parties: [buyer, seller], amount }: Draw) => ({ buyer, seller, amount, currency: 'EUR' })
const later = (d: Draw) => ({ order: idOf(d.n), orderLeaf: d.leaf, ...both(d) })
const refund = (d: Draw) => ({ refund: idOf(d.n), refundLeaf: d.leaf, ...later(d) })

export const factOf = (type: EventType): fc.Arbitrary<Fact> =>
  draw.map((drawn) => ({ type, data: make[type](drawn) }) as Fact)

export const anyFact: fc.Arbitrary<Fact> = fc.constantFrom(...catalogue.map(({ type }) => type)).chain(factOf)

/** Three open accounts and up to thirty events after that. */
export const anyBooks: fc.Arbitrary<readonly Fact[]> = fc.array(anyFact, { maxLength: 30 })

export const openBooks = (history: readonly Fact[]): Books => {
  const books = new Books()
  for (const owner of ['ann', 'bob', 'eve']) {
    books.append({ type: 'AccountOpened', data: { owner, currency: 'EUR', creditLimit: '0.00' } }, NOW)
  }
  for (const fact of history) books.append(fact, NOW)
  return books
}
