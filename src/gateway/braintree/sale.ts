import type { TransactionRequest } from 'braintree'
import { GatewayUnknown, type SaleRequest, type SaleResult } from '../port.js'
import type { Ask } from './calls.js'
import { chargeOf, decodeReply, stateOf, type Transaction } from './decode.js'
import { refusedBy } from './refused.js'

/** Braintree's default account takes the money in its own currency, whatever was meant: so a currency without an account is refused. */
export const sell = async (
  ask: Ask,
  request: SaleRequest,
  accounts: ReadonlyMap<string, string>,
): Promise<SaleResult> => {
  const account = accounts.get(request.currency)
  if (account === undefined) return refusedBy(['91513'])
  const reply = decodeReply(await ask((sdk) => sdk.transaction.sale(saleOf(request, account))))
  if (reply.kind === 'refused') return refusedBy(reply.codes)
  if (reply.transaction.orderId !== request.orderId) throw new GatewayUnknown('Braintree answered for another order')
  return reply.kind === 'taken' ? taken(reply.transaction) : rejected(reply.transaction)
}

const saleOf = ({ orderId, amount, means }: SaleRequest, merchantAccountId: string): TransactionRequest => {
  const storeInVaultOnSuccess = means.kind === 'nonce' && means.store
  const card = means.kind === 'nonce' ? { paymentMethodNonce: means.nonce } : { paymentMethodToken: means.token }
  return { ...card, amount, orderId, merchantAccountId, options: { submitForSettlement: true, storeInVaultOnSuccess } }
}

const taken = (transaction: Transaction): SaleResult => {
  const state = stateOf(transaction)
  if (state !== 'pending' && state !== 'settled') throw new GatewayUnknown(`Braintree charged, and it is ${state}`)
  return { kind: 'charged', ...chargeOf(transaction) }
}

const rejected = (transaction: Transaction): SaleResult => {
  const { status, code, reason, rejection } = transaction
  // It has charged for this order before: a repeated request is no answer to whether the first one succeeded.
  if (rejection === 'duplicate') throw new GatewayUnknown('Braintree has charged for this order before')
  if (!isRejected(status) && status !== 'settlement_declined')
    throw new GatewayUnknown(`Braintree took nothing, and the charge is ${status}`)
  return {
    kind: 'declined',
    code: rejection ?? code ?? status,
    reason: rejection === null ? (reason ?? 'Declined') : `Gateway Rejected: ${rejection}`,
  }
}

/** Nothing was charged at any time. */
export const isRejected = (status: string): boolean =>
  ['processor_declined', 'gateway_rejected', 'failed'].includes(status)
