import { uuid } from '../../../events/parts.js'
import { amountText } from '../../ledger/money.js'
import { type PurchasedItem, type PurchaseRow, subscriptions } from '../../projections/subscriptions.js'
import { balanceOf } from '../balance.js'
import { type Writable, writeJson } from '../json.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { bounds, nextLink } from '../rows.js'
import { named } from '../schema.js'
import { writeToken } from '../token.js'
import { eventReply } from './reply.js'
import { byName, byOrder, cursor, fields, limit, refunding } from './schemas.js'

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

const cancel: CommandRoute = {
  ...common,
  url: '/v1/accounts/:name/subscriptions/:subscription/cancel',
  params: fields({ name: named, subscription: uuid }),
  commands: ['cancel-subscription'],
  status: 200,
  toIntent: ({ params }) =>
    intent('cancel-subscription', { account: params.name('name'), subscription: params.text('subscription') }),
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

const DEFAULT_LIMIT = '100'

/** A page of an account's purchases, newest first, each with its plans and how they stand. */
const read = async (call: Call): Promise<Answer> => {
  const account = call.params.name('name')
  await balanceOf(call, account)
  const asked = call.query.some('limit', 'cursor')
  const max = Number(asked.limit ?? DEFAULT_LIMIT)
  const range = bounds(asked.cursor, 'backwards')
  const query = { key: account, ...range, direction: 'backwards' as const, max: max + 1 }
  const records = await call.parts.views.rows(subscriptions.name, query)
  const next = records[max]?.leaf
  const body = writeJson({
    subscriptions: records
      .slice(0, max)
      .map(({ leaf, body }) => ({ number: leaf, ...shown(subscriptions.rowBody.decode(body)) })),
    next: next === undefined ? null : writeToken('c1', next),
  })
  if (next === undefined) return { status: 200, body }
  const path = `/v1/accounts/${encodeURIComponent(account)}/subscriptions`
  return { status: 200, body, link: nextLink(path, call.query.some('limit'), next) }
}

const shown = ({ order, recordedAt, currency, amount, refunded, items }: PurchaseRow) => ({
  order,
  recordedAt,
  currency,
  amount: amountText(amount, currency),
  refundedAmount: amountText(refunded, currency),
  plans: items.map(shownItem),
})

const shownItem = ({ plan, state, until, paidBy, endedOn, reason }: PurchasedItem): Writable => ({
  ...plan,
  state,
  until: until ?? undefined,
  paidBy: paidBy ?? undefined,
  endedOn: endedOn ?? undefined,
  reason: reason ?? undefined,
})

const list: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/accounts/:name/subscriptions',
  params: byName,
  query: fields({}, { limit, cursor }),
  read,
}

export const purchaseRoutes: readonly Route[] = [checkout, list, cancel, refund]
