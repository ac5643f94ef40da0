import type { Codec } from '../follower/projection.js'
import { decimalsOf } from '../ledger/currencies.js'
import { formatMinor, fromEvent } from '../ledger/money.js'
import type { Json, JsonObject } from '../views/port.js'
import { integer, objectOrNull, oneOf, text, textOrNull } from './body.js'
import { states } from './ledger-document.js'
import { type OrderEntry, orderStates, refundOutcomes } from './ledger-order.js'
import { type EntryRow, kinds, refundStates, sides } from './ledger-row.js'

/** Money as decimal strings; what is `null`, and the state of an account that is active, is left out. */
export const rowCodec: Codec<EntryRow> = {
  encode: (row) => {
    const decimals = decimalsOf(row.currency) ?? 0
    const body: Record<string, Json> = { kind: row.kind, side: row.side }
    if (row.amount !== null) body.amount = formatMinor(row.amount, decimals)
    body.currency = row.currency
    put(body, 'counterparty', row.counterparty)
    body.actualAfter = formatMinor(row.actualAfter, decimals)
    body.heldAfter = formatMinor(row.heldAfter, decimals)
    if (row.stateAfter !== 'active') body.stateAfter = row.stateAfter
    body.recordedAt = row.recordedAt
    put(body, 'effectiveDate', row.effectiveDate)
    put(body, 'transfer', row.transfer)
    put(body, 'orderId', row.orderId)
    put(body, 'orderLeaf', row.orderLeaf)
    put(body, 'refundId', row.refundId)
    put(body, 'rechargeLeaf', row.rechargeLeaf)
    put(body, 'plan', row.plan)
    put(body, 'title', row.title)
    put(body, 'method', row.method)
    put(body, 'reference', row.reference)
    body.stream = row.stream
    body.revision = row.revision
    if (row.order !== null) body.order = encodeOrder(row.order, decimals)
    put(body, 'refundState', row.refundState)
    if (row.reversed !== null) body.reversed = formatMinor(row.reversed, decimals)
    return body
  },
  decode: (body) => {
    const order = objectOrNull(body, 'order')
    return {
      kind: oneOf(body, 'kind', Object.values(kinds)),
      side: oneOf(body, 'side', sides),
      amount: moneyOrNull(body, 'amount'),
      currency: text(body, 'currency'),
      counterparty: textOrNull(body, 'counterparty'),
      actualAfter: fromEvent(text(body, 'actualAfter')),
      heldAfter: fromEvent(text(body, 'heldAfter')),
      stateAfter: body.stateAfter === undefined ? 'active' : oneOf(body, 'stateAfter', states),
      recordedAt: text(body, 'recordedAt'),
      effectiveDate: textOrNull(body, 'effectiveDate'),
      transfer: textOrNull(body, 'transfer'),
      orderId: textOrNull(body, 'orderId'),
      orderLeaf: integerOrNull(body, 'orderLeaf'),
      refundId: textOrNull(body, 'refundId'),
      rechargeLeaf: integerOrNull(body, 'rechargeLeaf'),
      plan: textOrNull(body, 'plan'),
      title: textOrNull(body, 'title'),
      method: textOrNull(body, 'method'),
      reference: textOrNull(body, 'reference'),
      stream: text(body, 'stream'),
      revision: integer(body, 'revision'),
      order: order === null ? null : decodeOrder(order),
      refundState: body.refundState === undefined ? null : oneOf(body, 'refundState', refundStates),
      reversed: moneyOrNull(body, 'reversed'),
    }
  },
}

export const encodeOrder = (order: OrderEntry, decimals: number): JsonObject => ({
  state: order.state,
  paid: formatMinor(order.paid, decimals),
  refunded: formatMinor(order.refunded, decimals),
  open: formatMinor(order.open, decimals),
  openCount: order.openCount,
  ...(order.last !== null && { last: order.last }),
})

export const decodeOrder = (body: JsonObject): OrderEntry => ({
  state: oneOf(body, 'state', orderStates),
  paid: fromEvent(text(body, 'paid')),
  refunded: fromEvent(text(body, 'refunded')),
  open: fromEvent(text(body, 'open')),
  openCount: integer(body, 'openCount'),
  last: body.last === undefined ? null : oneOf(body, 'last', refundOutcomes),
})

const put = (body: Record<string, Json>, field: string, value: string | number | null): void => {
  if (value !== null) body[field] = value
}

const moneyOrNull = (body: JsonObject, field: string): bigint | null => {
  const value = textOrNull(body, field)
  return value === null ? null : fromEvent(value)
}

const integerOrNull = (body: JsonObject, field: string): number | null =>
  body[field] === undefined ? null : integer(body, field)
