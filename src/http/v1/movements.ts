import { payByCard } from '../card.js'
import { MANUAL } from '../clearing.js'
import { RequestRefused } from '../errors.js'
import type { Fields } from '../fields.js'
import { type CommandRoute, intent } from '../route.js'
import { eventReply } from './reply.js'
import { adjusting, byName, recharging, reversing, withdrawing } from './schemas.js'

const common = { kind: 'command', method: 'POST', params: byName, status: 201, toReply: eventReply } as const

const amountOf = (params: Fields, body: Fields) => ({ account: params.name('name'), amount: body.text('amount') })

const recharges: CommandRoute = {
  ...common,
  url: '/v1/accounts/:name/recharges',
  body: recharging,
  commands: ['recharge', 'start-recharge'],
  perform: (call, ask) => {
    const { params, body } = call
    const money = { ...amountOf(params, body), ...body.some('currency') }
    if (!body.has('nonce')) {
      const how = { method: MANUAL, ...body.some('method', 'reference', 'effectiveDate') }
      return ask(intent('recharge', { ...money, ...how, opens: false }))
    }
    const stray = ['method', 'reference', 'effectiveDate'].find((name) => body.has(name))
    if (stray !== undefined) throw new RequestRefused('invalid_request', `body/${stray}: a card payment has none`)
    return payByCard(call, intent('start-recharge', money), { kind: 'nonce', nonce: body.text('nonce') }, ask)
  },
}

const withdrawals: CommandRoute = {
  ...common,
  url: '/v1/accounts/:name/withdrawals',
  body: withdrawing,
  commands: ['withdraw'],
  toIntent: ({ params, body }) =>
    intent('withdraw', {
      ...amountOf(params, body),
      method: MANUAL,
      ...body.some('currency', 'method', 'reference'),
    }),
}

const reversals: CommandRoute = {
  ...common,
  url: '/v1/accounts/:name/reversals',
  body: reversing,
  commands: ['reverse-recharge'],
  toIntent: ({ params, body }) =>
    intent('reverse-recharge', {
      account: params.name('name'),
      recharge: body.text('recharge'),
      ...body.some('amount', 'reason'),
    }),
}

const adjustments: CommandRoute = {
  ...common,
  url: '/v1/accounts/:name/adjustments',
  body: adjusting,
  commands: ['adjust'],
  toIntent: ({ params, body }) =>
    intent('adjust', {
      ...amountOf(params, body),
      direction: body.text('direction') === 'up' ? 'up' : 'down',
      reason: body.text('reason'),
      ...body.some('currency', 'effectiveDate'),
    }),
}

export const movementRoutes: readonly CommandRoute[] = [recharges, reversals, withdrawals, adjustments]
