import type { Codec } from '../follower/projection.js'
import { amountText, fromEvent } from '../ledger/money.js'
import type { BoughtPlan } from '../ledger/state.js'
import type { Json, JsonObject } from '../views/port.js'
import { integer, objectOrNull, objects, oneOf, text, textOrNull } from './body.js'
import { type PurchasedItem, type PurchaseRow, reasons, states } from './subscriptions-row.js'

/** Money as decimal strings; what is `null` is left out. */
export const rowCodec: Codec<PurchaseRow> = {
  encode: ({ order, recordedAt, currency, amount, refunded, items }) => ({
    order,
    recordedAt,
    currency,
    amount: amountText(amount, currency),
    refunded: amountText(refunded, currency),
    items: items.map(encodeItem),
  }),
  decode: (body) => ({
    order: text(body, 'order'),
    recordedAt: text(body, 'recordedAt'),
    currency: text(body, 'currency'),
    amount: fromEvent(text(body, 'amount')),
    refunded: fromEvent(text(body, 'refunded')),
    items: objects(body, 'items').map(decodeItem),
  }),
}

/** The fields of a plan as it was bought, but for its period: all text but the version. */
const fields = ['name', 'type', 'level', 'price', 'billPeriod', 'description', 'region', 'subscription'] as const

const encodeItem = ({ plan, state, until, paidBy, endedOn, reason }: PurchasedItem): JsonObject => {
  const body: Record<string, Json> = { plan: plan.plan, planVersion: plan.planVersion }
  for (const field of fields) put(body, field, plan[field] ?? null)
  if (plan.period !== undefined) {
    const { start, end, anchor, unit, zone } = plan.period
    body.period = { start, end, anchor, unit, zone }
  }
  body.state = state
  put(body, 'until', until)
  put(body, 'paidBy', paidBy)
  put(body, 'endedOn', endedOn)
  put(body, 'reason', reason)
  return body
}

const decodeItem = (body: JsonObject): PurchasedItem => ({
  plan: decodePlan(body),
  state: oneOf(body, 'state', states),
  until: textOrNull(body, 'until'),
  paidBy: textOrNull(body, 'paidBy'),
  endedOn: textOrNull(body, 'endedOn'),
  reason: body.reason === undefined ? null : oneOf(body, 'reason', reasons),
})

const decodePlan = (body: JsonObject): BoughtPlan => {
  const period = objectOrNull(body, 'period')
  return {
    plan: text(body, 'plan'),
    planVersion: integer(body, 'planVersion'),
    name: text(body, 'name'),
    type: text(body, 'type'),
    ...optional(body, 'level'),
    price: text(body, 'price'),
    billPeriod: text(body, 'billPeriod'),
    description: text(body, 'description'),
    ...optional(body, 'region'),
    ...optional(body, 'subscription'),
    ...(period !== null && {
      period: {
        start: text(period, 'start'),
        end: text(period, 'end'),
        anchor: text(period, 'anchor'),
        unit: oneOf(period, 'unit', ['month', 'year']),
        zone: text(period, 'zone'),
      },
    }),
  }
}

const optional = <Field extends string>(body: JsonObject, field: Field): { readonly [Name in Field]?: string } => {
  const found: { [Name in Field]?: string } = {}
  if (body[field] !== undefined) found[field] = text(body, field)
  return found
}

const put = (body: Record<string, Json>, field: string, value: string | null): void => {
  if (value !== null) body[field] = value
}
