import type { EventType, Fact } from '../../events/catalogue.js'
import { ofCatalogue } from './facts.js'
import { fromEvent } from './money.js'
import type { Line } from './state.js'

/** An account of the chart. */
export interface ChartAccount {
  /** `liabilities:wallet` */
  readonly kind: string
  /** Whose; '' where there is one of the kind. */
  readonly name: string
}

/** One leg of a fact in the chart of accounts; a debit is positive, a credit negative, in minor units. */
export interface Posting extends ChartAccount {
  readonly currency: string
  readonly amount: bigint
}

/** `liabilities:wallet:ann` */
export const chartName = ({ kind, name }: ChartAccount): string => (name === '' ? kind : `${kind}:${name}`)

export const wallet = (name: string): ChartAccount => ({ kind: 'liabilities:wallet', name })
export const held = (name: string): ChartAccount => ({ kind: 'liabilities:held', name })
const clearing = (name: string): ChartAccount => ({ kind: 'assets:clearing', name })
const adjustments = (kind: 'expenses' | 'income'): ChartAccount => ({ kind: `${kind}:adjustments`, name: '' })

const promotions: ChartAccount = { kind: 'expenses:promotions', name: '' }
/** The method of what the card gateway moves. */
export const CARD = 'card'
const plans = (name: string): ChartAccount => ({ kind: 'income:plans', name })
const taxes: ChartAccount = { kind: 'liabilities:tax', name: '' }

/** Facts that move no money. */
const unposted = [
  'AccountOpened',
  'CreditLimitChanged',
  'AccountFrozen',
  'AccountUnfrozen',
  'SubscriptionPastDue',
  'SubscriptionCancelled',
  'SubscriptionEnded',
  ...ofCatalogue,
  'CouponsIssued',
  'InstanceProvisioned',
  'InstanceCredentialsFetched',
  'InstanceDeprovisioned',
  'SubscriptionOpened',
  'UsageReported',
  'SubscriptionReverted',
  'CheckoutStarted',
  'CheckoutFailed',
  'PaymentSettled',
  'CardRefundRequested',
  'CardRefundFailed',
  'PromocodeGranted',
  'CartItemAdded',
  'CartItemChanged',
  'CartItemRemoved',
  'CustomerChanged',
  'PersonErased',
] as const satisfies readonly EventType[]

type Posted = Exclude<Fact, { type: (typeof unposted)[number] }>

const silent: ReadonlySet<string> = new Set(unposted)

const isPosted = (fact: Fact): fact is Posted => !silent.has(fact.type)

/** The postings of a fact; they sum to zero in its currency. */
export const postings = (fact: Fact): readonly Posting[] => {
  if (!isPosted(fact)) return []
  switch (fact.type) {
    case 'CouponRedeemed':
      return move(fact.data, promotions, wallet(fact.data.account))
    case 'Purchased':
    case 'SubscriptionRenewed':
      return sale(fact.data, wallet(fact.data.account), 'sold')
    case 'PurchaseRefunded':
      return sale(fact.data, wallet(fact.data.account), 'given back')
    case 'CheckoutPaid':
      return fact.data.purpose === 'recharge'
        ? move(fact.data, clearing(CARD), wallet(fact.data.account))
        : sale(fact.data, clearing(CARD), 'sold')
    case 'PaymentReturned':
      return fact.data.purpose === 'recharge'
        ? move(fact.data, wallet(fact.data.account), clearing(CARD))
        : sale(fact.data, clearing(CARD), 'given back')
    case 'CardRefunded':
      return sale(fact.data, clearing(CARD), 'given back')
    case 'ChargeReturned':
      return move(fact.data, clearing(CARD), clearing(CARD))
    case 'Recharged':
      return move(fact.data, clearing(fact.data.method), wallet(fact.data.account))
    case 'RechargeReversed':
    case 'Withdrawn':
      return move(fact.data, wallet(fact.data.account), clearing(fact.data.method))
    case 'Adjusted':
      return fact.data.direction === 'up'
        ? move(fact.data, adjustments('expenses'), wallet(fact.data.account))
        : move(fact.data, wallet(fact.data.account), adjustments('income'))
    case 'Traded':
      return move(fact.data, wallet(fact.data.buyer), wallet(fact.data.seller))
    case 'TradeAuthorized':
      return move(fact.data, wallet(fact.data.buyer), held(fact.data.buyer))
    case 'TradeCaptured': {
      const { buyer, seller, released, currency } = fact.data
      return [
        ...move(fact.data, held(buyer), wallet(seller)),
        ...move({ amount: released, currency }, held(buyer), wallet(buyer)),
      ]
    }
    case 'TradeVoided':
    case 'HoldExpired':
      return move(fact.data, held(fact.data.buyer), wallet(fact.data.buyer))
    case 'RefundRequested':
      return move(fact.data, wallet(fact.data.seller), held(fact.data.seller))
    case 'RefundApproved':
      return move(fact.data, held(fact.data.seller), wallet(fact.data.buyer))
    case 'RefundRejected':
    case 'RefundWithdrawn':
      return move(fact.data, held(fact.data.seller), wallet(fact.data.seller))
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = fact
      return _
    }
  }
}

interface Sale {
  readonly lines: readonly Line[]
  readonly currency: string
}

/** What each line of a price moves between whatever pays and the plan's income, or the tax. */
const sale = ({ lines, currency }: Sale, payer: ChartAccount, how: 'sold' | 'given back'): readonly Posting[] =>
  lines.flatMap(({ plan, kind, amount }) => {
    const income = kind === 'tax' ? taxes : plans(plan)
    const lowers = kind === 'rebate' || kind === 'discount'
    return lowers === (how === 'sold')
      ? move({ amount, currency }, income, payer)
      : move({ amount, currency }, payer, income)
  })

/** Nothing is posted for an amount of zero. */
const move = (
  { amount, currency }: { readonly amount: string; readonly currency: string },
  debit: ChartAccount,
  credit: ChartAccount,
): readonly Posting[] => {
  const minor = fromEvent(amount)
  if (minor === 0n) return []
  return [
    { kind: debit.kind, name: debit.name, currency, amount: minor },
    { kind: credit.kind, name: credit.name, currency, amount: -minor },
  ]
}
