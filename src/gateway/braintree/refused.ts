/** https://developer.paypal.com/braintree/docs/reference/general/validation-errors/all */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['81502', 'the amount is missing'],
  ['81503', 'the amount is not written as the gateway wants it'],
  ['81528', 'the amount is too large'],
  ['81531', 'the amount must be above zero'],
  ['81715', 'the number of the card is wrong'],
  ['91512', 'all of it was given back before'],
  ['91513', 'the gateway takes no money in this currency'],
  ['91518', 'no such card is kept'],
  ['91521', 'that is more than can be given back'],
  ['91564', 'the nonce was used before'],
  ['91565', 'the nonce is not known, or too old'],
  ['91577', 'the gateway does not take this card for this currency'],
  ['93107', 'the nonce was used before'],
  ['93108', 'the nonce is not known, or too old'],
])

export interface Refused {
  readonly kind: 'refused'
  readonly code: string
  readonly reason: string
}

/** By the codes of the errors that were found in the request. Braintree's own sentences are not repeated: they might hold what we sent. */
export const refusedBy = ([code = 'refused']: readonly string[]): Refused => ({
  kind: 'refused',
  code,
  reason: SENTENCES.get(code) ?? 'the gateway does not accept the request',
})
