import type { Codec } from '../follower/projection.js'
import { decimalsOf } from '../ledger/currencies.js'
import { amountText, fromEvent } from '../ledger/money.js'
import type { Line } from '../ledger/state.js'
import type { Json, JsonObject } from '../views/port.js'
import { integer, object, objectOrNull, objects, oneOf, text, textOrNull } from './body.js'
import { decodeOrder, encodeOrder } from './ledger-row-codec.js'
import { methods, type PaidPlan, purposes, type TransactionRow } from './transactions-row.js'

/** Money as decimal strings; what is `null` is left out. Fields are named one by one: the bytes must not depend on how a row came about. */
export const rowCodec: Codec<TransactionRow> = {
  encode: (row) => {
    const { id, orderId, purpose, method, createdAt, modifiedAt, currency, plans, lines, tax, order } = row
    const body: Record<string, Json> = { id, orderId, purpose, method, createdAt, modifiedAt }
    for (const field of optional) {
      const value = row[field]
      if (value !== null) body[field] = value
    }
    body.currency = currency
    body.amount = amountText(row.amount, currency)
    body.plans = plans.map(encodePlan)
    body.lines = lines.map(({ item, plan, kind, amount }) => ({ item, plan, kind, amount }))
    if (tax !== null) body.tax = { country: tax.country, rate: tax.rate }
    body.order = encodeOrder(order, decimalsOf(currency) ?? 0)
    return body
  },
  decode: (body) => {
    const tax = objectOrNull(body, 'tax')
    return {
      id: text(body, 'id'),
      orderId: text(body, 'orderId'),
      purpose: oneOf(body, 'purpose', purposes),
      method: oneOf(body, 'method', methods),
      createdAt: text(body, 'createdAt'),
      modifiedAt: text(body, 'modifiedAt'),
      paidAt: textOrNull(body, 'paidAt'),
      currency: text(body, 'currency'),
      amount: fromEvent(text(body, 'amount')),
      plans: objects(body, 'plans').map(decodePlan),
      lines: objects(body, 'lines').map(decodeLine),
      tax: tax === null ? null : { country: text(tax, 'country'), rate: text(tax, 'rate') },
      transaction: textOrNull(body, 'transaction'),
      reason: textOrNull(body, 'reason'),
      order: decodeOrder(object(body, 'order')),
    }
  },
}

const optional = ['paidAt', 'transaction', 'reason'] as const

const encodePlan = ({ plan, name, subscription, period }: PaidPlan): JsonObject => ({
  plan,
  name,
  ...(subscription !== undefined && { subscription }),
  ...(period !== undefined && { period: { start: period.start, end: period.end, zone: period.zone } }),
})

const decodePlan = (body: JsonObject): PaidPlan => {
  const period = objectOrNull(body, 'period')
  return {
    plan: text(body, 'plan'),
    name: text(body, 'name'),
    ...(body.subscription !== undefined && { subscription: text(body, 'subscription') }),
    ...(period !== null && {
      period: { start: text(period, 'start'), end: text(period, 'end'), zone: text(period, 'zone') },
    }),
  }
}

const decodeLine = (body: JsonObject): Line => ({
  item: integer(body, 'item'),
  plan: text(body, 'plan'),
  kind: oneOf(body, 'kind', ['charge', 'rebate', 'discount', 'tax']),
  amount: text(body, 'amount'),
})
