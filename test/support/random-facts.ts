import { catalogue, type EventType, type Fact } from '../../events/catalogue.js'
import { hexId } from '../../src/ledger/hex-id.js'
import { amountText, fromEvent } from '../../src/ledger/money.js'
import { Books, idOf } from './books.js'
import { fc } from './fast-check.js'
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
  Purchased: (d) => ({ order: idOf(d.n), ...own(d), items: [bought(d)], lines: priced(d), ...carted(d) }),
  SubscriptionRenewed: (d) => ({
    order: idOf(d.n + 1),
    ...own(d),
    ...running(d),
    items: [bought(d)],
    lines: priced(d),
  }),
  SubscriptionPastDue: (d) => ({ ...own(d), ...running(d), due: DAY, until: DAY }),
  SubscriptionCancelled: (d) => ({ account: d.parties[0], ...running(d), endsOn: DAY }),
  SubscriptionEnded: (d) => ({ account: d.parties[0], ...running(d), endedOn: DAY, reason: 'unpaid' }),
  PurchaseRefunded: (d) => ({ refund: idOf(d.n), order: idOf(d.n), orderLeaf: d.leaf, ...own(d), lines: priced(d) }),
  PlanPublished: (d) => ({
    plan: 'Basic10',
    ...version(d),
    name: 'PlanB',
    type: 'C',
    price: d.amount,
    currency: 'EUR',
    billPeriod: 'M',
    description: '',
  }),
  RegionPublished: (d) => ({ region: 'cn-north-1', ...version(d), description: 'north' }),
  PromocodePublished: (d) => ({
    promocode: 'ten',
    ...version(d),
    name: 'ten',
    type: 'percent',
    value: '10',
    periods: 1,
  }),
  AddonPublished: (d) => ({
    addon: 'more',
    ...version(d),
    name: 'more',
    price: d.amount,
    currency: 'EUR',
    quotas: { sms: '10' },
  }),
  RepoPublished: (d) => ({ repo: 'maps', ...version(d), ...words, label: 'l', owner: 'o' }),
  RepoItemPublished: (d) => ({ repo: 'maps', item: 'roads', ...version(d), url: 'u', owner: 'o', attributes: [] }),
  ServicePublished: (d) => ({ service: 'db', ...version(d), ...words, provider: 'p', name: 'n' }),
  CatalogueItemRetired: (d) => ({ kind: 'plan', id: 'Basic10', itemVersion: 1, itemLeaf: d.leaf }),
  CouponsIssued: (d) => ({
    batch: 'spring',
    amount: d.amount,
    currency: 'EUR',
    expiresAt: NOW,
    coupons: [{ serial: 'spring-1', codeHash: CODE }],
  }),
  CouponRedeemed: (d) => ({ transfer: idOf(d.n), serial: 'spring-1', codeHash: CODE, batch: 'spring', ...own(d) }),
  InstanceProvisioned: (d) => ({ ...instance(d), service: 'db', serviceVersion: 1, credentials: idOf(d.n) }),
  InstanceCredentialsFetched: (d) => instance(d),
  InstanceDeprovisioned: (d) => ({ ...instance(d), credentials: idOf(d.n) }),
  SubscriptionOpened: (d) => ({ subscription: idOf(d.n), account: d.parties[0], device: `D${d.n}`, item: free }),
  UsageReported: (d) => ({ account: d.parties[0], ...running(d), on: DAY, used: { sms: String(d.n) } }),
  SubscriptionReverted: (d) => ({ account: d.parties[0], ...running(d), on: DAY, reason: 'unpaid', item: free }),
  CheckoutStarted: (d) => ({ checkout: idOf(d.n), ...sold(d), means: 'nonce' }),
  CheckoutPaid: (d) => ({ ...ofCheckout(d), ...sold(d), transaction: 't1', ...(d.up && { card: idOf(d.n) }) }),
  CheckoutFailed: (d) => {
    const { lines: _, ...rest } = priceOf(d)
    return { ...ofCheckout(d), ...rest, reason: d.up ? 'declined' : 'not_found' }
  },
  ChargeReturned: (d) => ({ ...ofCheckout(d), ...own(d), transaction: 't2' }),
  PaymentSettled: (d) => ({ ...ofCheckout(d), account: d.parties[0], transaction: 't1' }),
  PaymentReturned: (d) => {
    const { items: _, ...rest } = priceOf(d)
    return { ...ofCheckout(d), ...rest, transaction: 't1' }
  },
  CardRefundRequested: (d) => ({ ...back(d), transaction: 't1' }),
  CardRefunded: (d) => ({ ...back(d), refundLeaf: d.leaf, transaction: 't3' }),
  CardRefundFailed: (d) => ({ ...back(d), refundLeaf: d.leaf }),
  PromocodeGranted: (d) => ({
    grant: idOf(d.n),
    promocode: 'ten',
    promocodeVersion: 1,
    number: d.n + 1,
    account: d.parties[0],
    name: 'ten',
    periods: 1,
    ...(d.up
      ? { type: 'percent', value: '10' }
      : { type: 'fixed', value: d.amount, currency: 'EUR', plans: ['Basic10'], remark: 'r', expiresAt: NOW }),
  }),
  CartItemAdded: (d) => wanted(d),
  CartItemChanged: (d) => ({ ...wanted(d), itemLeaf: d.leaf, createdAt: NOW }),
  CartItemRemoved: (d) => ({ account: d.parties[0], item: idOf(d.n), itemLeaf: d.leaf }),
  CustomerChanged: (d) => ({
    account: d.parties[0],
    address: { personKey: idOf(d.n), sealed: 'c2VhbGVk' },
    ...(d.up && { taxCountry: 'SG' }),
  }),
  PersonErased: (d) => ({ account: d.parties[0], personKey: idOf(d.n), erasure: 1 + d.leaf }),
}

const DAY = NOW.slice(0, 10)
const CODE = 'c'.repeat(43)
const words = { class: 'c', description: 'd', imageUrl: 'i' }
const version = (d: Draw) => (d.up ? { itemVersion: 1 } : { itemVersion: 2, itemLeaf: d.leaf })
const running = (d: Draw) => ({ subscription: idOf(d.n), subscriptionLeaf: d.leaf })
const instance = ({ parties: [owner], n }: Draw) => ({ instance: `i-${n}`, owner })
const wanted = (d: Draw) => ({
  account: d.parties[0],
  item: idOf(d.n),
  subscription: idOf(d.leaf),
  subscriptionHex: hexId(idOf(d.leaf)),
  plan: 'Basic10',
  addons: d.up ? ['more'] : [],
  ...(d.n > 3 && { promocode: 'ten' }),
})
const bought = (d: Draw) => ({
  plan: 'Basic10',
  planVersion: 1,
  name: 'PlanB',
  type: 'C',
  price: d.amount,
  billPeriod: 'M',
  description: '',
  ...(d.up && {
    subscription: idOf(d.n),
    period: { start: DAY, end: DAY, anchor: DAY, unit: 'month' as const, zone: 'UTC' },
  }),
  ...(d.n > 3 && {
    promocode: { code: 'ten', grantLeaf: d.leaf, type: 'percent' as const, value: '10', periodsLeft: 0 },
  }),
})

const free = {
  plan: 'Free',
  planVersion: 1,
  name: 'PlanA',
  type: 'messages',
  price: '0.00',
  billPeriod: 'M',
  description: '',
}
const ofCheckout = (d: Draw) => ({ checkout: idOf(d.n), checkoutLeaf: d.leaf })
/** Plans, or money for the balance. */
const carted = (d: Draw) => d.up && { cart: [idOf(d.leaf)] }
const priceOf = (d: Draw) =>
  d.n % 2 === 0
    ? { ...own(d), purpose: 'purchase' as const, items: [bought(d)], lines: priced(d) }
    : { ...own(d), purpose: 'recharge' as const, items: [], lines: [] }
const sold = (d: Draw) => ({ ...priceOf(d), ...(d.n % 2 === 0 && carted(d)) })
const back = (d: Draw) => ({ refund: idOf(d.n), order: idOf(d.n), orderLeaf: d.leaf, ...own(d), lines: priced(d) })

/** A charge a little above what is paid, so that a rebate, a discount and tax have their part; or the plain price. */
const priced = (d: Draw): Extract<Fact, { type: 'Purchased' }>['data']['lines'] => {
  const line = (kind: 'charge' | 'rebate' | 'discount' | 'tax', minor: bigint) => ({
    item: 0,
    plan: 'Basic10',
    kind,
    amount: amountText(minor, 'EUR'),
  })
  const paid = fromEvent(d.amount)
  if (d.up) return [line('charge', paid)]
  return [line('charge', paid + 30n), line('rebate', 20n), line('discount', 15n), line('tax', 5n)]
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
