import type { DataOf } from '../../../events/catalogue.js'
import { type Decision, facts, type Refused, refuse } from '../decision.js'
import { amountText, fromEvent } from '../money.js'
import type { Account, Deciding } from '../state.js'
import { type BasketInput, type BasketState, onBasket } from './basket.js'
import { accountNotFound, badAmount, badCurrency, minorIn, notYours, wrongCurrency } from './checks.js'
import { debit, frozen, tooManyCharges } from './funds.js'

export interface StartCheckoutInput extends BasketInput {
  /** A card given now, or the one that is kept. */
  readonly means: DataOf<'CheckoutStarted'>['means']
}

export interface BuyInput extends BasketInput {
  /** Only where nothing is to be paid: who meant to pay by card does not pay from the balance. */
  readonly free?: true
}

export interface StartRechargeInput {
  readonly account: string
  readonly amount: string
  readonly currency?: string
}

/** A card is about to be charged for plans: what it pays for is settled here, and locked until it is known what came of it. */
export const decideStartCheckout = (input: StartCheckoutInput, state: BasketState, deciding: Deciding): Decision =>
  onBasket(input, state, deciding, (basket, account) => {
    if (fromEvent(basket.amount) === 0n) return refuse('nothing_to_charge', 'Nothing is to be paid now.')
    const { id: checkout } = deciding
    const data = { checkout, purpose: 'purchase' as const, ...basket, means: input.means }
    return (
      frozen(account) ?? noCard(input, account) ?? tooManyCharges(account) ?? facts({ type: 'CheckoutStarted', data })
    )
  })

/** Buys plans from the balance, all or none. */
export const decideBuy = (input: BuyInput, state: BasketState, deciding: Deciding): Decision =>
  onBasket(input, state, deciding, (basket, account) =>
    input.free && fromEvent(basket.amount) !== 0n
      ? refuse('price_changed', `${basket.amount} ${basket.currency} are to be paid now.`)
      : debit(account, { type: 'Purchased', data: { order: deciding.id, ...basket } }, deciding.now),
  )

/** A card is about to be charged for money that comes to the balance. */
export const decideStartRecharge = (
  input: StartRechargeInput,
  account: Account | undefined,
  { actor, id: checkout }: Deciding,
): Decision => {
  const refusal = badAmount(input.amount) ?? badCurrency(input.currency) ?? notYours(actor, input.account)
  if (refusal) return refusal
  if (!account) return accountNotFound(input.account)
  const wrong = wrongCurrency(input.currency, account)
  if (wrong) return wrong
  const { currency, name } = account.own
  const minor = minorIn(input.amount, currency)
  if (typeof minor !== 'bigint') return minor
  const money = { account: name, amount: amountText(minor, currency), currency }
  const data = { checkout, purpose: 'recharge' as const, ...money, items: [], lines: [], means: 'nonce' as const }
  return tooManyCharges(account) ?? facts({ type: 'CheckoutStarted', data })
}

const noCard = ({ means }: StartCheckoutInput, { own }: Account): Refused | undefined =>
  means === 'stored' && own.card === null ? refuse('no_card', `The account ${own.name} keeps no card.`) : undefined
