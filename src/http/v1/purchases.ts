import { type CommandRoute, intent, type Route } from '../route.js'
import { named } from '../schema.js'
import { eventReply } from './reply.js'
import { byName, byOrder, fields, refunding } from './schemas.js'

const common = { kind: 'command', method: 'POST', toReply: eventReply } as const

const checkout: CommandRoute = {
  ...common,
  url: '/v1/accounts/:name/purchases',
  params: byName,
  body: fields({ plan: named }, { region: named }),
  commands: ['checkout'],
  status: 201,
  toIntent: ({ params, body }) =>
    intent('checkout', {
      account: params.name('name'),
      plan: body.name('plan'),
      ...(body.has('region') && { region: body.name('region') }),
    }),
}

const refund: CommandRoute = {
  ...common,
  url: '/v1/purchases/:order/refunds',
  params: byOrder,
  body: refunding,
  commands: ['refund-purchase'],
  status: 201,
  toIntent: ({ params, body }) =>
    intent('refund-purchase', { order: params.text('order'), ...body.some('amount', 'reason') }),
}

export const purchaseRoutes: readonly Route[] = [checkout, refund]
