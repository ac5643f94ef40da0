import { parseAmount } from '../amounts.js'
import type { GatewayState, SaleRequest, SaleResult } from '../port.js'

/** What becomes of a charge when it is due. */
export type Outcome = Extract<GatewayState, 'pending' | 'settled' | 'failed'>

type Rejected = Exclude<SaleResult, { readonly kind: 'charged' }>

/**
 * What Braintree documents for its own sandbox: the amount decides (https://developer.paypal.com/braintree/docs/reference/general/testing). There the nonces
 * of declined cards fail a verification only, which we never ask for: here they decline the sale. Every other text is a good nonce.
 */
export const judge = (request: SaleRequest, isKept: (token: string) => boolean): Outcome | Rejected => {
  const { amount, currency, means } = request
  const parsed = parseAmount(amount)
  if (parsed === null) return refused('81503', 'the amount is not written as the gateway wants it')
  if (parsed === 0n) return refused('81531', 'the amount must be above zero')
  if (!/^[A-Z]{3}$/.test(currency)) return refused('91513', 'the gateway takes no money in this currency')
  const rejected =
    means.kind === 'nonce'
      ? ofNonce(means.nonce)
      : isKept(means.token)
        ? null
        : refused('91518', 'no such card is kept')
  return rejected ?? ofAmount(parsed / 10_000n, parsed)
}

const ofNonce = (nonce: string): Rejected | null => {
  const named = NONCES.get(nonce)
  if (named !== undefined) return named
  if (nonce === '') return refused('91565', 'the nonce is not known')
  return /^fake-processor-declined-[a-z]+-nonce$/.test(nonce) ? declined('2000', 'Do Not Honor') : null
}

const ofAmount = (units: bigint, amount: bigint): Outcome | Rejected => {
  if (units >= 2000n && units <= 2999n) return declined(`${units}`, 'Processor Declined')
  if (units === 3000n) return declined('3000', 'Processor Network Unavailable - Try Again')
  if (units === 4001n) return 'failed'
  if (units === 4002n) return 'pending'
  return amount === 50_010_000n ? rejectedByGateway('application_incomplete') : 'settled'
}

const declined = (code: string, reason: string): Rejected => ({ kind: 'declined', code, reason })
const refused = (code: string, reason: string): Rejected => ({ kind: 'refused', code, reason })
const rejectedByGateway = (why: string): Rejected => declined(why, `Gateway Rejected: ${why}`)

const NONCES: ReadonlyMap<string, Rejected> = new Map([
  ['fake-consumed-nonce', refused('91564', 'the nonce was used before')],
  ['fake-luhn-invalid-nonce', refused('81715', 'the number of the card is wrong')],
  ['fake-processor-failure-jcb-nonce', declined('3000', 'Processor Network Unavailable - Try Again')],
  ['fake-gateway-rejected-fraud-nonce', rejectedByGateway('fraud')],
  ['fake-gateway-rejected-risk-thresholds-nonce', rejectedByGateway('risk_threshold')],
  ['fake-token-issuance-error-venmo-account-nonce', rejectedByGateway('token_issuance')],
])
