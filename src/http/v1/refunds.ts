import type { Fields } from '../fields.js'
import { type CommandRoute, intent } from '../route.js'
import { eventReply } from './reply.js'
import { byOrder, byRefund, refunding, rejecting } from './schemas.js'

const request: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/v1/orders/:order/refunds',
  params: byOrder,
  body: refunding,
  commands: ['request-refund'],
  status: 201,
  toIntent: ({ params, body }) =>
    intent('request-refund', { order: params.text('order'), ...body.some('amount', 'reason'), again: true }),
  toReply: eventReply,
}

const common = { kind: 'command', method: 'POST', params: byRefund, status: 200, toReply: eventReply } as const

const meant = (params: Fields) => ({ order: params.text('order'), refund: params.text('refund') })

const approve: CommandRoute = {
  ...common,
  url: '/v1/orders/:order/refunds/:refund/approve',
  commands: ['approve-refund'],
  toIntent: ({ params }) => intent('approve-refund', meant(params)),
}

const reject: CommandRoute = {
  ...common,
  url: '/v1/orders/:order/refunds/:refund/reject',
  body: rejecting,
  commands: ['reject-refund'],
  toIntent: ({ params, body }) => intent('reject-refund', { ...meant(params), ...body.some('reason') }),
}

const withdraw: CommandRoute = {
  ...common,
  url: '/v1/orders/:order/refunds/:refund/withdraw',
  commands: ['withdraw-refund'],
  toIntent: ({ params }) => intent('withdraw-refund', meant(params)),
}

export const refundRoutes: readonly CommandRoute[] = [request, approve, reject, withdraw]
