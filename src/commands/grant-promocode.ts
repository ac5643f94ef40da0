import { decideGrantPromocode } from '../ledger/decide/grant-promocode.js'
import { grantId } from '../ledger/document.js'
import { promocodeStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Lets an account use a promocode, once. */
export const grantPromocode = defineCommand({
  name: 'grant-promocode',
  missing: 'item_not_found',
  guard: (input) => promocodeStream(input.promocode),
  decide: (input, reads, deciding) => {
    const { promocode, account } = input
    const state = {
      promocode: reads.document('promocode', promocode),
      account: reads.account(account),
      grants: reads.document('grants', promocode),
      grant: reads.document('grant', grantId(promocode, account)),
    }
    return decideGrantPromocode(input, state, deciding)
  },
})
