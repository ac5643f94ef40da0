import type { DataOf } from '../../events/catalogue.js'
import type { StreamEvent } from '../../events/envelope.js'
import type { AccountFact } from './facts.js'
import { hexId } from './hex-id.js'
import { amountText, fromEvent } from './money.js'
import type { BoughtPlan, Line, OwnAccount, Subscription } from './state.js'

type Changing = Extract<
  AccountFact<StreamEvent>,
  {
    type:
      | 'Purchased'
      | 'SubscriptionOpened'
      | 'SubscriptionRenewed'
      | 'SubscriptionPastDue'
      | 'SubscriptionCancelled'
      | 'SubscriptionReverted'
      | 'SubscriptionEnded'
      | 'CheckoutStarted'
      | 'CheckoutPaid'
      | 'CheckoutFailed'
      | 'PurchaseRefunded'
      | 'CardRefundRequested'
      | 'CardRefundFailed'
  }
>

/** Folds the subscriptions of an account. `leaf` is the event's number in the log, or `IN_FLIGHT`. */
export const evolveSubscriptions = (
  before: readonly Subscription[],
  event: Changing,
  leaf: number,
): readonly Subscription[] => {
  switch (event.type) {
    case 'SubscriptionOpened': {
      const { subscription, device, item } = event.data
      return [...before, { ...free, id: subscription, leaf, hex: hexId(event.id), device, plan: item }]
    }
    case 'Purchased':
    case 'SubscriptionRenewed': {
      const { items, order, amount } = event.data
      const pays = fromEvent(amount) === 0n ? null : 'balance'
      return sold(before, items, { order, pays, hex: hexId(event.id), leaf })
    }
    case 'CheckoutPaid': {
      const { items, checkout } = event.data
      return unlocked(sold(before, items, { order: checkout, pays: 'card', hex: hexId(event.id), leaf }), checkout)
    }
    case 'CheckoutStarted': {
      const { items, checkout, triedOn } = event.data
      const named = new Set(items.map(({ subscription }) => subscription))
      return before.map((one) =>
        named.has(one.id) ? { ...one, locked: checkout, triedOn: triedOn ?? one.triedOn } : one,
      )
    }
    case 'CheckoutFailed':
      return unlocked(before, event.data.checkout)
    case 'PurchaseRefunded':
    case 'CardRefundRequested':
      return before.map((one) => givenBack(one, event.data, 1n))
    case 'CardRefundFailed':
      return before.map((one) => givenBack(one, event.data, -1n))
    case 'SubscriptionPastDue':
      return change(before, event.data.subscription, (one) => ({ ...one, state: 'past_due', until: event.data.until }))
    case 'SubscriptionCancelled': {
      const { subscription, endsOn } = event.data
      const how = { state: 'cancelled', until: null, next: null } as const
      return change(before, subscription, (one) => ({ ...one, ...withoutRest(one, endsOn), ...how }))
    }
    case 'SubscriptionReverted': {
      const { subscription, item } = event.data
      return change(before, subscription, ({ id, leaf, hex, device, locked }) => ({
        ...free,
        id,
        leaf,
        hex,
        device,
        // A checkout may be under way for it all the same.
        locked,
        plan: item,
      }))
    }
    case 'SubscriptionEnded':
      return before.filter(({ id }) => id !== event.data.subscription)
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

/** On a plan without periods, which nothing has paid for. */
const free = {
  period: null,
  order: null,
  paidBy: [],
  charged: '0',
  state: 'active',
  until: null,
  next: null,
  locked: null,
  pays: null,
  triedOn: null,
} as const

/** What has sold the items. */
interface Sale extends Pick<Subscription, 'leaf' | 'hex'> {
  readonly order: string
  /** `null`: it was free, so whatever paid before pays on. */
  readonly pays: Subscription['pays'] | null
}

const sold = (before: readonly Subscription[], items: readonly BoughtPlan[], sale: Sale): readonly Subscription[] =>
  items.reduce((all, item, index) => soldOne(all, item, { ...sale, index }), before)

/** Nothing where the plan is not renewed. */
const soldOne = (
  all: readonly Subscription[],
  item: BoughtPlan,
  sale: Sale & { readonly index: number },
): readonly Subscription[] => {
  const { subscription: id, period = null, charged = item.price, waits } = item
  const { order, pays, leaf, hex, index } = sale
  if (id === undefined) return all
  // Only a cancellation is taken back by it: what is not paid stays so.
  if (waits) return change(all, id, (one) => ({ ...one, state: one.until === null ? 'active' : one.state, next: item }))
  const by = { order, item: index }
  const paid = { ...free, plan: item, period, order, charged, paidBy: [by] }
  if (all.some((one) => one.id === id)) {
    return change(all, id, (one) => {
      const { leaf, hex, device, locked } = one
      const within = one.period !== null && period !== null && period.start < one.period.end
      const paidBy = within ? [...one.paidBy, by] : [by]
      return { ...paid, paidBy, id, leaf, hex, device, locked, pays: pays ?? one.pays }
    })
  }
  return period === null ? all : [...all, { ...paid, id, leaf, hex, device: null, pays: pays ?? 'balance' }]
}

/** What was charged ahead is given back: it is paid up to that day, and with what is not known any more. */
const withoutRest = ({ period }: Subscription, endsOn: string): Partial<Subscription> =>
  period !== null && endsOn < period.end
    ? { period: { ...period, start: endsOn, end: endsOn }, charged: '0', paidBy: [] }
    : {}

/** Of what was paid for the running period, less is left: the next change gives back no more than that. `sign`: 1n lowers, -1n raises. */
const givenBack = (one: Subscription, data: DataOf<'PurchaseRefunded'>, sign: bigint): Subscription => {
  const back = one.paidBy
    .filter(({ order }) => order === data.order)
    .reduce((sum, { item }) => sum + netOf(data.lines, item), 0n)
  if (back === 0n) return one
  const left = fromEvent(one.charged) - sign * back
  // What failed after a change of plan lowered that change's rebate only.
  const { charged: most = one.plan.price } = one.plan
  return { ...one, charged: left > fromEvent(most) ? most : amountText(left, data.currency) }
}

/** Of one item, before tax. */
const netOf = (lines: readonly Line[], item: number): bigint =>
  lines
    .filter((line) => line.item === item && line.kind !== 'tax')
    .reduce((sum, { kind, amount }) => sum + (kind === 'charge' ? 1n : -1n) * fromEvent(amount), 0n)

const unlocked = (all: readonly Subscription[], checkout: string): readonly Subscription[] =>
  all.map((one) => (one.locked === checkout ? { ...one, locked: null } : one))

const change = (all: readonly Subscription[], id: string, to: (one: Subscription) => Subscription) =>
  all.map((one) => (one.id === id ? to(one) : one))

/** One of an account's, by our id or by the one that the subscriptions API shows. */
export const subscriptionOf = ({ subscriptions }: OwnAccount, name: string): Subscription | undefined =>
  subscriptions.find((one) => one.id === name || one.hex === name)
