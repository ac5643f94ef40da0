import type { Test } from 'tap'
import type { Gateway, GatewayCharge, GatewayState, SaleRequest, SaleResult } from '../../../src/gateway/port.js'

/** A gateway in a test, and what only its other side can do. */
export interface Ground {
  readonly gateway: Gateway
  /** From now on a charge or a refund is in this state. */
  become(transaction: string, state: GatewayState): void
}

export type MakeGround = (t: Test) => Promise<Ground>

/** A fixed UUID for a number. */
export const uuid = (number: number): string => `00000000-0000-8000-8000-${`${number}`.padStart(12, '0')}`

/** A sale of 20.00 USD with a good nonce that is not kept. */
export const sale = (request: Partial<SaleRequest> = {}): SaleRequest => ({
  orderId: uuid(1),
  amount: '20.00',
  currency: 'USD',
  means: { kind: 'nonce', nonce: 'fake-valid-nonce', store: false },
  ...request,
})

export const withNonce = (nonce: string, store = false): SaleRequest['means'] => ({ kind: 'nonce', nonce, store })

/** The charge of a sale that must succeed. */
export const charged = (result: SaleResult): GatewayCharge => {
  if (result.kind !== 'charged') throw new Error(`not charged: ${JSON.stringify(result)}`)
  return result
}
