import { amountText } from '../../ledger/money.js'
import { statusOf } from '../../ledger/order.js'
import { balanceOf } from '../balance.js'
import { type Writable, writeJson } from '../json.js'
import type { Answer, Call, ReadRoute } from '../route.js'
import { bounds, nextLink } from '../rows.js'
import { named } from '../schema.js'
import { writeToken } from '../token.js'
import { findTransaction, readTransactions, type Transaction } from '../transactions.js'
import { byName, cursor, fields, limit } from './schemas.js'

const shown = (transaction: Transaction): Writable => {
  const { leaf, id, orderId, purpose, method, currency, amount, order } = transaction
  const { plans, lines, tax, createdAt, modifiedAt, paidAt, reason } = transaction
  const money = (minor: bigint) => amountText(minor, currency)
  return {
    id,
    number: leaf,
    order: orderId,
    purpose,
    method,
    status: statusOf(order),
    currency,
    amount: money(amount),
    paidAmount: money(order.paid),
    refundedAmount: money(order.refunded),
    underReviewAmount: money(order.open),
    plans: plans.map(({ plan, name, subscription, period }) => ({
      plan,
      name,
      subscription,
      period: period && { ...period },
    })),
    lines: lines.map((line) => ({ ...line })),
    tax: tax === null ? undefined : { ...tax },
    transaction: transaction.transaction ?? undefined,
    reason: reason ?? undefined,
    createdAt,
    modifiedAt,
    paidAt: paidAt ?? undefined,
  }
}

const DEFAULT_LIMIT = '100'

const read = async (call: Call): Promise<Answer> => {
  const account = call.params.name('name')
  await balanceOf(call, account)
  const asked = call.query.some('limit', 'cursor')
  const max = Number(asked.limit ?? DEFAULT_LIMIT)
  const range = bounds(asked.cursor, 'backwards')
  const found = await readTransactions(call.parts, { key: account, ...range, direction: 'backwards', max: max + 1 })
  const next = found[max]
  const body = writeJson({
    transactions: found.slice(0, max).map(shown),
    next: next === undefined ? null : writeToken('c1', next.leaf),
  })
  if (next === undefined) return { status: 200, body }
  const path = `/v1/accounts/${encodeURIComponent(account)}/transactions`
  return { status: 200, body, link: nextLink(path, call.query.some('limit'), next.leaf) }
}

/** A page of what the account has paid by card, or for plans, newest first. */
const list: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/accounts/:name/transactions',
  params: byName,
  query: fields({}, { limit, cursor }),
  read,
}

const one: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/accounts/:name/transactions/:transaction',
  params: fields({ name: named, transaction: { type: 'string', maxLength: 64 } }),
  read: async (call) => {
    const account = call.params.name('name')
    await balanceOf(call, account)
    const found = await findTransaction(call.parts, account, call.params.text('transaction'))
    return { status: 200, body: writeJson(shown(found)) }
  },
}

export const transactionRoutes: readonly ReadRoute[] = [list, one]
