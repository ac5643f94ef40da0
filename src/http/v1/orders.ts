import { amountText } from '../../ledger/money.js'
import { statusOf } from '../../ledger/order.js'
import { RequestRefused } from '../errors.js'
import { writeJson } from '../json.js'
import { LEDGER } from '../parts.js'
import { PATIENCE } from '../position.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { readEntry } from '../rows.js'
import { eventReply } from './reply.js'
import { byOrder, capturing } from './schemas.js'

/** To who is no party of it there is no such order. */
const read = async ({ parts, caller, params }: Call): Promise<Answer> => {
  const found = parts.commands.locateOrder(params.text('order'))
  const parties = found === null ? [] : [found.buyer, ...(found.seller === null ? [] : [found.seller])]
  if (found === null || !parties.some((party) => caller.reads(party))) throw new RequestRefused('order_not_found')
  const { leaf, id, buyer, seller } = found
  await parts.visibility.wait(LEDGER, leaf, PATIENCE)
  const entry = await readEntry(parts, buyer, leaf)
  if (entry === null) throw new RequestRefused('position_not_reached')
  const { order, amount, currency, recordedAt, plan, title, reference } = entry
  if (order === null || amount === null) throw new TypeError(`the entry ${leaf} of ${buyer} opens no order`)
  const body = writeJson({
    id,
    number: leaf,
    buyer,
    seller: seller ?? undefined,
    status: statusOf(order),
    currency,
    amount: amountText(amount, currency),
    paidAmount: amountText(order.paid, currency),
    refundedAmount: amountText(order.refunded, currency),
    underReviewAmount: amountText(order.open, currency),
    plan: plan ?? undefined,
    title: title ?? undefined,
    reference: reference ?? undefined,
    recordedAt,
    expiresAt: order.expiresAt ?? undefined,
  })
  return { status: 200, body }
}

const order: ReadRoute = { kind: 'read', method: 'GET', url: '/v1/orders/:order', params: byOrder, read }

const common = { kind: 'command', method: 'POST', params: byOrder, status: 200, toReply: eventReply } as const

const capture: CommandRoute = {
  ...common,
  url: '/v1/orders/:order/capture',
  body: capturing,
  commands: ['capture'],
  toIntent: ({ params, body }) => intent('capture', { order: params.text('order'), ...body.some('amount') }),
}

const release: CommandRoute = {
  ...common,
  url: '/v1/orders/:order/void',
  commands: ['void'],
  toIntent: ({ params }) => intent('void', { order: params.text('order') }),
}

export const orderRoutes: readonly Route[] = [order, capture, release]
