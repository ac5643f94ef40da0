import type { Codec } from '../follower/projection.js'
import { decimalsOf } from '../ledger/currencies.js'
import { formatMinor, fromEvent } from '../ledger/money.js'
import type { Json, JsonObject } from '../views/port.js'
import { integer, objectOrNull, oneOf, text, textOrNull } from './body.js'
import { states } from './ledger-document.js'
import { type OrderEntry, orderStates, refundOutcomes } from './ledger-order.js'
import { type EntryRow, kinds, refundStates, sides } from './ledger-row.js'

/** Money as decimal strings. What nearly always is the same is left out then: `null`, an account that is active, nothing held, refunded or under review. */
export const rowCodec: Codec<EntryRow> = {
  encode: (row) => {
    const decimals = decimalsOf(row.currency) ?? 0
    const body: Record<string, Json> = { kind: row.kind, side: row.side }
    if (row.amount !== null) body.amount = formatMinor(row.amount, decimals)
    body.currency = row.currency
    put(body, 'counterparty', row.counterparty)
    body.actualAfter = formatMinor(row.actualAfter, decimals)
    putSome(body, 'heldAfter', row.heldAfter, decimals)
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
      heldAfter: moneyOrNull(body, 'heldAfter') ?? 0n,
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

export const encodeOrder = (order: OrderEntry, decimals: number): JsonObject => {
  const body: Record<string, Json> = { state: order.state, paid: formatMinor(order.paid, decimals) }
  putSome(body, 'refunded', order.refunded, decimals)
  putSome(body, 'open', order.open, decimals)
  if (order.openCount !== 0) body.openCount = order.openCount
  put(body, 'last', order.last)
  put(body, 'expiresAt', order.expiresAt)
  return body
}

export const decodeOrder = (body: JsonObject): OrderEntry => ({
  state: oneOf(body, 'state', orderStates),
  paid: fromEvent(text(body, 'paid')),
  refunded: moneyOrNull(body, 'refunded') ?? 0n,
  open: moneyOrNull(body, 'open') ?? 0n,
  openCount: integerOrNull(body, 'openCount') ?? 0,
  last: body.last === undefined ? null : oneOf(body, 'last', refundOutcomes),
  expiresAt: textOrNull(body, 'expiresAt'),
})

const put = (body: Record<string, Json>, field: string, value: string | number | null): void => {
  if (value !== null) body[field] = value
}

const putSome = (body: Record<string, Json>, field: string, amount: bigint, decimals: number): void => {
  if (amount !== 0n) body[field] = formatMinor(amount, decimals)
}

const moneyOrNull = (body: JsonObject, field: string): bigint | null => {
  const value = textOrNull(body, field)
  return value === null ? null : fromEvent(value)
}

const integerOrNull = (body: JsonObject, field: string): number | null =>
  body[field] === undefined ? null : integer(body, field)
