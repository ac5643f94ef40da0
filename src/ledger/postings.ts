import type { Fact } from '../../events/catalogue.js'
import { fromEvent } from './money.js'

/** One leg of a fact in the chart of accounts; a debit is positive, a credit negative, in minor units. */
export interface Posting {
  readonly account: string
  readonly currency: string
  readonly amount: bigint
}

export const wallet = (owner: string): string => `liabilities:wallet:${owner}`
export const held = (owner: string): string => `liabilities:held:${owner}`
const clearing = (method: string): string => `assets:clearing:${method}`

/** The postings of a fact; they sum to zero in its currency. */
export const postings = (fact: Fact): readonly Posting[] => {
  switch (fact.type) {
    case 'AccountOpened':
    case 'CreditLimitChanged':
    case 'AccountFrozen':
    case 'AccountUnfrozen':
      return []
    case 'Recharged':
      return move(fact.data, clearing(fact.data.method), wallet(fact.data.account))
    case 'RechargeReversed':
    case 'Withdrawn':
      return move(fact.data, wallet(fact.data.account), clearing(fact.data.method))
    case 'Adjusted':
      return fact.data.direction === 'up'
        ? move(fact.data, 'expenses:adjustments', wallet(fact.data.account))
        : move(fact.data, wallet(fact.data.account), 'income:adjustments')
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

/** Nothing is posted for an amount of zero. */
const move = (
  { amount, currency }: { readonly amount: string; readonly currency: string },
  debit: string,
  creditAccount: string,
): readonly Posting[] => {
  const minor = fromEvent(amount)
  if (minor === 0n) return []
  return [
    { account: debit, currency, amount: minor },
    { account: creditAccount, currency, amount: -minor },
  ]
}
