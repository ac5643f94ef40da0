import { decideProvision } from '../ledger/decide/instance.js'
import { instanceStream } from '../ledger/streams.js'
import { defineCommand } from './define.js'

/** An instance of a service is there for its owner. */
export const provision = defineCommand({
  name: 'provision',
  missing: 'instance_not_found',
  guard: (input) => instanceStream(input.instance),
  decide: (input, reads, deciding) => {
    const instance = reads.document('instance', input.instance)
    const service = reads.document('service', input.service)
    return decideProvision(input, { instance, service, owner: reads.account(input.owner) }, deciding)
  },
})
