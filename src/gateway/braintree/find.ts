import type { BraintreeGateway } from 'braintree'
import { type GatewayCharge, GatewayUnknown } from '../port.js'
import type { Ask } from './calls.js'
import { chargeOf, decodeIds, decodeTransaction, type Transaction } from './decode.js'
import { isRejected } from './sale.js'

export const transactionOf = async (ask: Ask, id: string): Promise<Transaction> => {
  const transaction = decodeTransaction(await ask((sdk) => sdk.transaction.find(id)))
  if (transaction.id !== id) throw new GatewayUnknown('Braintree answered for another transaction')
  return transaction
}

/**
 * The search gives ids, and each transaction is read by its own: where the SDK reads pages of a search, an answer of another shape is never told.
 */
export const chargesOf = async (ask: Ask, orderId: string): Promise<readonly GatewayCharge[]> => {
  const ids = decodeIds(await ask((sdk) => searched(sdk.transaction, orderId)))
  const found: Transaction[] = []
  for (const id of ids) found.push(await transactionOf(ask, id))
  return found
    .filter((transaction) => transaction.type === 'sale' && transaction.orderId === orderId && isCharge(transaction))
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt))
    .map(chargeOf)
}

const searched = (transactions: BraintreeGateway['transaction'], orderId: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    transactions.search(
      (criteria) => criteria.orderId().is(orderId),
      (error, response) => (error ? reject(error) : resolve(response)),
    )
  })

const isCharge = ({ status }: Transaction): boolean => {
  if (status === 'authorizing') throw new GatewayUnknown('Braintree has not decided yet')
  return !isRejected(status)
}
