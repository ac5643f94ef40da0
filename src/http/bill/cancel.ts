import { type CommandRoute, intent } from '../route.js'
import { anyReference } from '../schema.js'
import { loginname, OK } from './reply.js'

/** The refusals after which the order may still be one to void: it is pending, voided before, or the seller asks. */
const PERHAPS_PENDING: ReadonlySet<string> = new Set(['order_not_effective', 'order_not_refundable', 'forbidden'])

/** An effective order's refund comes under review; a pending order is voided. Which of the two it is, the rules know best. */
export const cancel: CommandRoute = {
  kind: 'command',
  method: 'PUT',
  url: '/bill/:loginname/cancel',
  params: loginname,
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['order_id'],
    properties: { order_id: anyReference },
  },
  commands: ['request-refund', 'void'],
  status: 200,
  toIntent: ({ params, body }) =>
    intent('request-refund', { account: params.name('loginname'), order: body.text('order_id'), again: false }),
  instead: ({ code }, { params, body }) =>
    PERHAPS_PENDING.has(code)
      ? intent('void', { account: params.name('loginname'), order: body.text('order_id') })
      : null,
  toReply: () => OK,
}
