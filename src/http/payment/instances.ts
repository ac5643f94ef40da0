import { readCredentials, showCredentials } from '../credentials.js'
import { type CommandRoute, intent, type Route } from '../route.js'
import { named } from '../schema.js'

/** Shows the credentials of an instance, and records who asked. No body is needed; an empty object does no harm. */
const instance: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/integration/v1/instance/:instance_id',
  params: {
    type: 'object',
    additionalProperties: false,
    required: ['instance_id'],
    properties: { instance_id: named },
  },
  commands: ['fetch-credentials'],
  status: 200,
  perform: async (call, ask) => {
    const id = call.params.name('instance_id')
    await readCredentials(call, id)
    return ask(intent('fetch-credentials', { instance: id }))
  },
  toReply: (_, call) => showCredentials(call, call.params.name('instance_id')),
}

export const instanceRoutes: readonly Route[] = [instance]
