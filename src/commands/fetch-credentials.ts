import { decideFetchCredentials } from '../ledger/decide/instance.js'
import { instanceStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** Records who is about to be shown the credentials of an instance. */
export const fetchCredentials = defineCommand({
  name: 'fetch-credentials',
  missing: 'instance_not_found',
  guard: (input) => instanceStream(input.instance),
  decide: (input, reads, deciding) => decideFetchCredentials(reads.document('instance', input.instance), deciding),
})
