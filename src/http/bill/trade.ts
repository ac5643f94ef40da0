import { type CommandRoute, intent } from '../route.js'
import { decimal, named, textOrNumber, word } from '../schema.js'
import { loginname, OK } from './reply.js'

/** The one in the path pays; with status 1 the money is only held. */
export const trade: CommandRoute = {
  kind: 'command',
  method: 'PUT',
  url: '/bill/:loginname/trade',
  params: loginname,
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['trade_amount', 'trade_user'],
    properties: { trade_amount: decimal, trade_user: named, plan_id: textOrNumber, status: word('1') },
  },
  commands: ['trade', 'authorize'],
  status: 200,
  toIntent: ({ params, body }) => {
    const paid = {
      buyer: params.name('loginname'),
      seller: body.name('trade_user'),
      amount: body.text('trade_amount'),
    }
    const terms = body.has('plan_id') ? { ...paid, plan: body.text('plan_id') } : paid
    return body.has('status') ? intent('authorize', terms) : intent('trade', terms)
  },
  toReply: () => OK,
}
