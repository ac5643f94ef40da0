import { type Call, type CommandRoute, intent } from '../route.js'
import { anyReference, word } from '../schema.js'
import { loginname, OK } from './reply.js'

const CAPTURE = '2'
const APPROVE = '4'
const REJECT = '5'

/** The buyer alone asks: to him a rejection of his own request is taking it back. */
const onlyBuyer = ({ caller, parts }: Call, reference: string): boolean => {
  const order = parts.commands.locateOrder(reference)
  if (order === null || order.seller === null) return false
  return !caller.admin && caller.acts(order.buyer) && !caller.acts(order.seller)
}

/** Decides on a refund under review, or takes the money of a pending order. */
export const status: CommandRoute = {
  kind: 'command',
  method: 'PUT',
  url: '/bill/:loginname/status',
  params: loginname,
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['order_id', 'status'],
    properties: { order_id: anyReference, status: word(CAPTURE, APPROVE, REJECT) },
  },
  commands: ['capture', 'approve-refund', 'reject-refund', 'withdraw-refund'],
  status: 200,
  toIntent: (call) => {
    const { params, body } = call
    const input = { account: params.name('loginname'), order: body.text('order_id') }
    const wanted = body.text('status')
    if (wanted === CAPTURE) return intent('capture', input)
    if (wanted === APPROVE) return intent('approve-refund', input)
    return onlyBuyer(call, input.order) ? intent('withdraw-refund', input) : intent('reject-refund', input)
  },
  toReply: () => OK,
}
