import { decideReportUsage } from '../ledger/decide/report-usage.js'
import { accountStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Adds to what a subscription has used. */
export const reportUsage = defineCommand({
  name: 'report-usage',
  missing: 'account_not_found',
  guard: (input) => accountStream(input.account),
  decide: (input, reads, deciding, { dateIn }) =>
    decideReportUsage({ ...input, today: dateIn(deciding.now) }, reads.account(input.account), deciding),
})
