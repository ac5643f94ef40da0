import { amountText } from '../../ledger/money.js'
import { statusOf } from '../../ledger/order.js'
import type { Writable } from '../json.js'
import type { ReadRoute } from '../route.js'
import type { Entry } from '../rows.js'
import { page } from './page.js'
import { byName, cursor, fields, limit, order } from './schemas.js'

const DEFAULT_LIMIT = '100'

const shown = (entry: Entry): Writable => {
  const money = (minor: bigint) => amountText(minor, entry.currency)
  return {
    leaf: entry.leaf,
    kind: entry.kind,
    side: entry.side,
    amount: entry.amount === null ? undefined : money(entry.amount),
    currency: entry.currency,
    counterparty: entry.counterparty ?? undefined,
    actualAfter: money(entry.actualAfter),
    heldAfter: money(entry.heldAfter),
    recordedAt: entry.recordedAt,
    effectiveDate: entry.effectiveDate ?? undefined,
    transfer: entry.transfer ?? undefined,
    order: entry.orderId ?? undefined,
    orderNumber: entry.orderLeaf ?? undefined,
    refund: entry.refundId ?? undefined,
    plan: entry.plan ?? undefined,
    title: entry.title ?? undefined,
    method: entry.method ?? undefined,
    reference: entry.reference ?? undefined,
    ...(entry.order !== null && {
      status: statusOf(entry.order),
      paidAmount: money(entry.order.paid),
      refundedAmount: money(entry.order.refunded),
      expiresAt: entry.order.expiresAt ?? undefined,
    }),
    refundState: entry.refundState ?? undefined,
    reversedAmount: entry.reversed === null ? undefined : money(entry.reversed),
  }
}

export const entries: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/accounts/:name/entries',
  params: byName,
  query: fields({}, { limit, cursor, order }),
  read: (call) => {
    const { limit: max = DEFAULT_LIMIT, order: wanted } = call.query.some('limit', 'order')
    const direction = wanted === 'asc' ? 'forwards' : 'backwards'
    return page(call, { name: 'entries', direction, max: Number(max), show: (found) => found.map(shown) })
  },
}
