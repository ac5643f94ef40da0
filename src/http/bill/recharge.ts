import { MANUAL } from '../clearing.js'
import { type CommandRoute, intent } from '../route.js'
import { decimal } from '../schema.js'
import { loginname, OK } from './reply.js'

/** Opens an account that does not exist, in the default currency. */
export const recharge: CommandRoute = {
  kind: 'command',
  method: 'PUT',
  url: '/bill/:loginname/recharge',
  params: loginname,
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['trade_amount'],
    properties: { trade_amount: decimal },
  },
  commands: ['recharge'],
  status: 200,
  toIntent: ({ params, body }) =>
    intent('recharge', {
      account: params.name('loginname'),
      amount: body.text('trade_amount'),
      method: MANUAL,
      opens: true,
    }),
  toReply: () => OK,
}
