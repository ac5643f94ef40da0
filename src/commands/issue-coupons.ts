import { decideIssueCoupons } from '../ledger/decide/issue-coupons.js'
import { batchStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Makes a batch of coupons of one value. */
export const issueCoupons = defineCommand({
  name: 'issue-coupons',
  missing: 'batch_not_found',
  guard: (input) => batchStream(input.batch),
  decide: (input, reads, deciding, { currency, coupons }) =>
    decideIssueCoupons(
      { ...input, currency: input.currency ?? currency },
      reads.document('batch', input.batch),
      deciding,
      (serial) => coupons.hashOf(coupons.codeOf(serial)),
    ),
})
