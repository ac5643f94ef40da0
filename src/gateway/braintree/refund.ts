import { parseAmount } from '../amounts.js'
import { GatewayUnknown, type RefundNotYet, type RefundRequest, type RefundResult } from '../port.js'
import type { Ask } from './calls.js'
import { decodeReply, stateOf, type Transaction } from './decode.js'
import { transactionOf } from './find.js'
import { refusedBy } from './refused.js'

/** Between two looks the charge may have begun to settle. */
const LOOKS = 2

export const giveBack = async (ask: Ask, request: RefundRequest): Promise<RefundResult | RefundNotYet> => {
  const amount = parseAmount(request.amount)
  if (amount === null || amount === 0n) return refusedBy(['81531'])
  for (let look = 0; look < LOOKS; look += 1) {
    const charge = await transactionOf(ask, request.transaction)
    const found = await refundOf(ask, charge, request.refundId)
    if (found !== null) return found
    const state = stateOf(charge)
    if (charge.type !== 'sale' || state === 'failed' || state === 'returned') {
      return { kind: 'refused', code: state, reason: 'the charge brought no money that could be given back' }
    }
    const whole = parseAmount(charge.amount)
    if (whole === null || amount > whole) return refusedBy(['91521'])
    const result =
      VOIDABLE.includes(charge.status) && amount === whole ? await cancel(ask, charge) : await repay(ask, request)
    if (result.kind !== 'not_yet' || amount < whole) return result
  }
  return { kind: 'not_yet' }
}

/** By the ids that the charge itself names: a search may be behind. */
export const refundOf = async (ask: Ask, charge: Transaction, refundId: string): Promise<RefundResult | null> => {
  for (const id of charge.refundIds) {
    const refund = await transactionOf(ask, id)
    if (refund.orderId === refundId) return resultOf(refund)
  }
  return charge.status === 'voided' ? { kind: 'voided', transaction: charge.id } : null
}

const VOIDABLE: readonly string[] = ['authorized', 'submitted_for_settlement', 'settlement_pending']

const cancel = async (ask: Ask, { id }: Transaction): Promise<RefundResult | RefundNotYet> => {
  const reply = decodeReply(await ask((sdk) => sdk.transaction.void(id)))
  if (reply.kind === 'refused') return reply.codes.includes('91504') ? { kind: 'not_yet' } : refusedBy(reply.codes)
  if (reply.transaction.id !== id || stateOf(reply.transaction) !== 'voided')
    throw new GatewayUnknown('Braintree answered a void with something else')
  return { kind: 'voided', transaction: id }
}

const repay = async (ask: Ask, request: RefundRequest): Promise<RefundResult | RefundNotYet> => {
  const { transaction, refundId: orderId, amount } = request
  const reply = decodeReply(await ask((sdk) => sdk.transaction.refund(transaction, { amount, orderId })))
  if (reply.kind === 'refused') return reply.codes.includes('91506') ? { kind: 'not_yet' } : refusedBy(reply.codes)
  if (reply.transaction.type !== 'credit' || reply.transaction.orderId !== orderId)
    throw new GatewayUnknown('Braintree answered a refund with something else')
  return resultOf(reply.transaction)
}

const resultOf = (refund: Transaction): RefundResult => {
  const state = stateOf(refund)
  if (state === 'pending' || state === 'settled')
    return { kind: state === 'settled' ? 'refunded' : 'refunding', transaction: refund.id }
  return { kind: 'refused', code: refund.status, reason: 'the bank did not take the refund' }
}
