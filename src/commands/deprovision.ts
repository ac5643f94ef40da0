import { decideDeprovision } from '../ledger/decide/instance.js'
import { instanceStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** An instance is gone; whoever asks destroys its credentials then. */
export const deprovision = defineCommand({
  name: 'deprovision',
  missing: 'instance_not_found',
  guard: (input) => instanceStream(input.instance),
  decide: (input, reads, deciding) => decideDeprovision(input, reads.document('instance', input.instance), deciding),
})
