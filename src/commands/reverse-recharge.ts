import { decideReverseRecharge } from '../ledger/decide/reverse-recharge.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Takes a recharge back, or a part of it. */
export const reverseRecharge = defineCommand({
  name: 'reverse-recharge',
  missing: 'recharge_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding) => {
    const checkout = (leaf: number) => reads.document('checkout', String(leaf))
    return decideReverseRecharge(input, { recharge: reads.recharge(input.recharge), checkout }, deciding)
  },
})
