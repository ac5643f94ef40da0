import type { CommandName, Inputs } from '../../src/commands/port.js'
import { addDays } from '../../src/ledger/calendar.js'
import type { Actor } from '../../src/ledger/state.js'
import { later } from '../../src/ledger/time.js'
import { actor, admin, sweeper } from './actors.js'
import { type Books, idOf } from './books.js'
import { coupons } from './coupons.js'
import { fc } from './fast-check.js'
import { NOW } from './given.js'

/** A command as drawn: what it refers to is chosen from what the books hold when it is asked. */
export interface Drawn {
  readonly name: CommandName
  readonly actor: Actor
  readonly accounts: readonly [string, string]
  readonly amount: string
  /** Leaves optional parts out, or puts them in. */
  readonly full: boolean
  readonly pick: number
  /** How much later than the command before. */
  readonly hours: number
}

const scopes = ['recharge', 'withdraw', 'usage']

/** Each operation, the common ones more often. */
const operations: readonly CommandName[] = [
  ...(['open', 'reverse-recharge', 'withdraw', 'adjust', 'credit-limit', 'freeze', 'unfreeze', 'expire'] as const),
  ...(['recharge', 'trade', 'trade', 'trade', 'authorize', 'authorize', 'capture', 'void'] as const),
  ...(['publish-item', 'change-item', 'retire-item'] as const),
  ...(['checkout', 'checkout', 'renew', 'renew', 'renew', 'cancel-subscription', 'refund-purchase'] as const),
  ...(['request-refund', 'request-refund', 'approve-refund', 'reject-refund', 'withdraw-refund'] as const),
  ...(['open-subscription', 'open-subscription', 'report-usage', 'close-subscription'] as const),
  ...(['issue-coupons', 'issue-coupons', 'redeem', 'redeem', 'redeem'] as const),
  ...(['add-cart-item', 'add-cart-item', 'add-cart-item', 'change-cart-item', 'remove-cart-item'] as const),
  ...(['change-customer', 'change-customer', 'erase-person'] as const),
  ...(['provision', 'provision', 'fetch-credentials', 'fetch-credentials', 'deprovision'] as const),
  ...(['grant-promocode', 'grant-promocode'] as const),
  ...(['start-checkout', 'start-checkout', 'buy', 'buy', 'start-recharge', 'checkout-paid', 'checkout-paid'] as const),
  ...(['checkout-failed', 'payment-settled', 'payment-returned', 'charge-returned'] as const),
]

/** Anything that anybody might ask about these accounts. */
export const drawnCommand = (accounts: readonly string[]): fc.Arbitrary<Drawn> => {
  const names = fc.constantFrom(...accounts)
  const drawn = fc.record({
    name: fc.constantFrom(...operations),
    actor: fc.constantFrom(admin, admin, ...accounts.map((name) => actor(name, [name], scopes)), sweeper),
    accounts: fc.tuple(names, names),
    amount: fc.constantFrom('0.01', '1', '2.50', '5', '10', '30.00', '0', '1.001', 'x'),
    full: fc.boolean(),
    pick: fc.nat({ max: 50 }),
    hours: fc.constantFrom(0, 1, 30),
  })
  return drawn.map((one) => (told.has(one.name) && one.pick % 5 !== 0 ? { ...one, actor: sweeper } : one))
}

export const anyCommand: fc.Arbitrary<Drawn> = drawnCommand(['ann', 'bob', 'eve'])

const chosen = <Item>(items: readonly Item[], pick: number): Item | undefined =>
  items[items.length - 1 - (pick % items.length)]

/** The input of a drawn command, as a client would write it over these books. */
export const inputOf: { readonly [Name in CommandName]: (drawn: Drawn, books: Books) => Inputs[Name] } = {
  open: (d) => ({ owner: d.accounts[0], ...(d.full && { creditLimit: d.amount }) }),
  recharge: (d) => ({ account: d.accounts[0], amount: d.amount, method: 'bank', opens: d.full }),
  'reverse-recharge': (d, books) => {
    const recharge = chosen(books.recharges(), d.pick)
    const account = recharge?.account ?? d.accounts[0]
    return { account, recharge: recharge?.id ?? '0', ...(d.full && { amount: d.amount }) }
  },
  withdraw: (d) => ({ account: d.accounts[0], amount: d.amount, method: 'bank' }),
  adjust: (d) => ({ account: d.accounts[0], direction: d.full ? 'up' : 'down', amount: d.amount, reason: 'r' }),
  'credit-limit': (d) => ({ account: d.accounts[0], creditLimit: d.amount }),
  freeze: (d) => ({ account: d.accounts[0], reason: 'r' }),
  unfreeze: (d) => ({ account: d.accounts[0], reason: 'r' }),
  trade: (d) => tradeOf(d),
  authorize: (d) => tradeOf(d),
  capture: (d, books) => ({ ...orderOf(d, books), ...(d.full && { amount: d.amount }) }),
  void: (d, books) => orderOf(d, books),
  expire: (d, books) => orderOf(d, books),
  'request-refund': (d, books) => ({
    ...(d.pick % 7 === 0 ? rechargeOf(d, books) : orderOf(d, books)),
    again: d.pick % 2 === 0,
    ...(d.full && { amount: d.amount }),
  }),
  'approve-refund': (d, books) => refundOf(d, books),
  'reject-refund': (d, books) => refundOf(d, books),
  'withdraw-refund': (d, books) => refundOf(d, books),
  'publish-item': (d) => ({ item: planOf(d) }),
  'change-item': (d) => ({ item: planOf(d), ...(d.full && { expectedVersion: 1 + (d.pick % 3) }) }),
  'retire-item': (d) => ({ kind: 'plan', id: d.accounts[0] }),
  'issue-coupons': (d) => ({
    batch: `b${d.pick % 3}`,
    count: 1 + (d.pick % 2),
    amount: d.amount,
    ...(d.pick % 7 === 0 && { currency: 'USD' }),
    expiresAt: later(NOW, (d.full ? 10_000 : 300) * 3_600_000),
  }),
  redeem: (d, books) => {
    const serial = chosen(books.coupons(), d.pick)?.serial ?? 'b0-1'
    const code = coupons.codeOf(d.pick % 11 === 0 ? 'b0-3' : serial)
    return { account: d.accounts[0], serial, code, ...(d.pick % 13 === 0 && { region: 'nowhere' }) }
  },
  provision: (d) => ({ ...instanceOf(d), service: 'db', owner: d.accounts[0], credentials: idOf(d.pick) }),
  'fetch-credentials': (d) => instanceOf(d),
  deprovision: (d) => ({ ...instanceOf(d), ...(d.full && { reason: 'r' }) }),
  checkout: (d) => ({
    account: d.accounts[0],
    plan: ['Basic10', 'free', 'once', 'nowhere'][d.pick % 4] ?? '',
    ...(d.full && { region: 'cn-north-1' }),
  }),
  renew: (d, books) => {
    const { account, subscription, period } = subscriptionOf(d, books)
    const asOf = addDays(period.end, d.full ? d.pick : (d.pick % 3) - 1)
    return { account, subscription, start: d.pick % 7 === 0 ? asOf : period.end, asOf }
  },
  'cancel-subscription': (d, books) => {
    const { account, subscription } = subscriptionOf(d, books)
    return { account, subscription }
  },
  'start-checkout': (d, books) => ({ ...basketOf(d, books), means: d.full ? 'nonce' : 'stored' }),
  'start-recharge': (d) => ({ account: d.accounts[0], amount: d.amount }),
  buy: (d, books) => basketOf(d, books),
  'checkout-paid': (d, books) => ({ ...outcomeOf(d, books), transaction: 't1', ...(d.full && { card: idOf(d.pick) }) }),
  'checkout-failed': (d, books) => ({ ...outcomeOf(d, books), reason: d.full ? 'declined' : 'not_found' }),
  'payment-settled': (d, books) => outcomeOf(d, books),
  'payment-returned': (d, books) => outcomeOf(d, books),
  'charge-returned': (d, books) => ({
    ...outcomeOf(d, books),
    transaction: d.full ? 't1' : 't2',
    amount: d.amount,
    currency: 'EUR',
  }),
  'open-subscription': (d) => ({ account: d.accounts[0], device: `D${d.pick % 9}` }),
  'report-usage': (d, books) => {
    const { account, subscription } = subscriptionOf(d, books)
    return { account, subscription, used: { sms: d.amount, ...(d.full && { storage: '0.05' }) } }
  },
  'close-subscription': (d, books) => {
    const { account, subscription } = subscriptionOf(d, books)
    return { account, subscription }
  },
  'refund-purchase': (d, books) => ({
    order: chosen(books.purchases(), d.pick)?.id ?? '0',
    ...(d.full && { amount: d.amount }),
  }),
  'card-refunded': (d, books) => ({ ...cardRefundOf(d, books), transaction: 't3' }),
  'card-refund-failed': (d, books) => cardRefundOf(d, books),
  'grant-promocode': (d) => ({
    promocode: ['ten', 'few', 'few', 'soon', 'nowhere'][d.pick % 5] ?? '',
    account: d.accounts[0],
  }),
  'add-cart-item': (d, books) => wantedOf(d, books),
  'change-cart-item': (d, books) => ({ ...wantedOf(d, books), ...cartItemOf(d, books) }),
  'remove-cart-item': (d, books) => cartItemOf(d, books),
  'change-customer': (d) => ({
    account: d.accounts[0],
    address: { personKey: idOf(d.pick), sealed: 'c2VhbGVk' },
    erasures: d.pick % 3,
    // Without a tax: a country that changes meanwhile would change what a decision on its way costs.
    ...(d.full && { taxCountry: 'NZ' }),
  }),
  'erase-person': (d) => ({ account: d.accounts[0] }),
}

/** Mostly one whose end is not known. */
const outcomeOf = ({ accounts: [account], pick }: Drawn, books: Books) => {
  const all = books.checkouts()
  const open = all.filter(({ state }) => state === 'open')
  const found = chosen(pick % 4 === 0 || open.length === 0 ? all : open, pick)
  return { account: found?.started.account ?? account, checkoutLeaf: found?.leaf ?? pick }
}

/** What the gateway says, and we ask. */
const told: ReadonlySet<CommandName> = new Set([
  'checkout-paid',
  'checkout-failed',
  'payment-settled',
  'payment-returned',
  'charge-returned',
])

/** Mostly one that is asked for and not done. */
const cardRefundOf = ({ accounts: [account], pick }: Drawn, books: Books) => {
  const open = [...books.own.values()].flatMap(({ name, charges }) =>
    charges.flatMap(({ kind, leaf }) => (kind === 'refund' ? { account: name, refundLeaf: leaf } : [])),
  )
  return chosen(open, pick) ?? { account, refundLeaf: pick }
}

/** One device or two of an account, mostly of one for which the actor may act, with a promocode that it has. */
const basketOf = (d: Drawn, books: Books) => {
  const found = allowed(d, books.devices())
  const account = found?.account ?? d.accounts[0]
  const [other] = books.devices().filter((one) => one.account === account && one.id !== found?.id)
  const plan = ['Basic10', 'Pro30', 'Yearly', 'Free', 'Basic10', 'Pro30', 'once'][d.pick % 7] ?? ''
  const [promocode] = ['ten', 'few'].filter((code) => books.document('grant', `${code}/${account}`)?.used === null)
  const lowered = d.pick % 3 === 0 && { promocode: promocode ?? 'ten' }
  const first = { subscription: found?.id ?? '0', plan, ...(d.full && { addons: ['more'] }), ...lowered }
  const second = other && d.pick % 5 === 0 ? [{ subscription: other.id, plan: 'Pro30' }] : []
  return { account, items: [first, ...second] }
}

const NO_PERIOD = { end: '2026-04-01' }

const subscriptionOf = ({ accounts: [other], pick }: Drawn, books: Books) => {
  const found = chosen(books.subscriptions(), pick)
  return { account: found?.account ?? other, subscription: found?.id ?? '0', period: found?.period ?? NO_PERIOD }
}

/** Mostly of those for whose account the actor may act. */
const allowed = <Item extends { readonly account: string }>({ actor, pick }: Drawn, items: readonly Item[]) =>
  chosen(pick % 9 === 0 ? items : items.filter(({ account }) => actor.admin || actor.acts(account)), pick)

const wantedOf = (d: Drawn, books: Books) => {
  const found = allowed(d, books.devices())
  return {
    account: found?.account ?? d.accounts[0],
    subscription: found?.id ?? '0',
    plan: d.pick % 8 === 0 ? 'nowhere' : 'Basic10',
    addons: d.pick % 11 === 0 ? ['nothing'] : [],
    ...(d.full && d.pick % 3 === 0 && { promocode: 'ten' }),
  }
}

const cartItemOf = (d: Drawn, books: Books) => {
  const found = allowed(d, books.cartItems())
  return { account: found?.account ?? d.accounts[0], item: found?.id ?? '0' }
}

/** Plans are named after accounts, so that draws meet. */
const planOf = ({ accounts: [plan], amount }: Drawn) => ({
  kind: 'plan' as const,
  data: { plan, name: 'n', type: 't', price: amount, billPeriod: 'M' },
})

const tradeOf = ({ accounts: [buyer, seller], amount }: Drawn) => ({ buyer, seller, amount })

const orderOf = ({ pick }: Drawn, books: Books) => ({ order: chosen(books.orders(), pick)?.facts.id ?? '0' })

const rechargeOf = ({ pick }: Drawn, books: Books) => ({ order: chosen(books.recharges(), pick)?.id ?? '0' })

const instanceOf = ({ pick }: Drawn) => ({ instance: `i-${pick % 4}` })

const refundOf = (drawn: Drawn, books: Books) => {
  const order = chosen(books.orders(), drawn.pick)
  const open = order?.refunds.open[0]
  return { order: order?.facts.id ?? '0', ...(drawn.full && open && { refund: open.refund }) }
}
