import { decideStartRecharge } from '../ledger/decide/start-checkout.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** A card is about to be charged for money that comes to the balance. */
export const startRecharge = defineCommand({
  name: 'start-recharge',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => decideStartRecharge(input, reads.account(input.account), deciding),
})
