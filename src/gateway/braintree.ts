import { type BraintreeOptions, createCalls } from './braintree/calls.js'
import { decodeClientToken, stateOf } from './braintree/decode.js'
import { chargesOf, transactionOf } from './braintree/find.js'
import { giveBack, refundOf } from './braintree/refund.js'
import { sell } from './braintree/sale.js'
import type { Gateway } from './port.js'

export type { BraintreeOptions } from './braintree/calls.js'

/** Braintree, through its own SDK. Nothing is kept open between two calls. */
export const createBraintree = (options: BraintreeOptions): Gateway => {
  const within = createCalls(options)
  const { accounts } = options
  return {
    clientToken: () => within(async (ask) => decodeClientToken(await ask((sdk) => sdk.clientToken.generate({})))),
    sale: (request) => within((ask) => sell(ask, request, accounts)),
    find: (orderId) => within((ask) => chargesOf(ask, orderId)),
    refund: (request) => within((ask) => giveBack(ask, request)),
    findRefund: (refundId, transaction) =>
      within(async (ask) => refundOf(ask, await transactionOf(ask, transaction), refundId)),
    state: (transaction) => within(async (ask) => stateOf(await transactionOf(ask, transaction))),
    close: async () => undefined,
  }
}
