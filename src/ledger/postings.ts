import type { Fact } from '../../events/catalogue.js'
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
const plans = (name: string): ChartAccount => ({ kind: 'income:plans', name })
const taxes: ChartAccount = { kind: 'liabilities:tax', name: '' }

/** The postings of a fact; they sum to zero in its currency. */
export const postings = (fact: Fact): readonly Posting[] => {
  switch (fact.type) {
    case 'AccountOpened':
    case 'CreditLimitChanged':
    case 'AccountFrozen':
    case 'AccountUnfrozen':
    case 'SubscriptionPastDue':
    case 'SubscriptionCancelled':
    case 'SubscriptionEnded':
    case 'PlanPublished':
    case 'RegionPublished':
    case 'PromocodePublished':
    case 'AddonPublished':
    case 'RepoPublished':
    case 'RepoItemPublished':
    case 'ServicePublished':
    case 'CatalogueItemRetired':
    case 'CouponsIssued':
    case 'InstanceProvisioned':
    case 'InstanceCredentialsFetched':
    case 'InstanceDeprovisioned':
    case 'CustomerChanged':
    case 'PersonErased':
      return []
    case 'CouponRedeemed':
      return move(fact.data, promotions, wallet(fact.data.account))
    case 'Purchased':
    case 'SubscriptionRenewed':
      return fact.data.lines.flatMap((line) => sale(line, fact.data, 'sold'))
    case 'PurchaseRefunded':
      return fact.data.lines.flatMap((line) => sale(line, fact.data, 'given back'))
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

/** What one line of a price moves between its owner and the plan's income, or the tax. */
const sale = (
  { plan, kind, amount }: Line,
  { account, currency }: { readonly account: string; readonly currency: string },
  how: 'sold' | 'given back',
): readonly Posting[] => {
  const [from, to] = [wallet(account), kind === 'tax' ? taxes : plans(plan)]
  const lowers = kind === 'rebate' || kind === 'discount'
  return lowers === (how === 'sold') ? move({ amount, currency }, to, from) : move({ amount, currency }, from, to)
}

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
