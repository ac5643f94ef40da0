import { date } from '../../../events/parts.js'
import { amountText } from '../../ledger/money.js'
import { type OrderStatus, statusOf } from '../../ledger/order.js'
import { createDayRange, skip } from '../days.js'
import type { Writable } from '../json.js'
import type { Answer, Call, ReadRoute } from '../route.js'
import { bounds, nextLink, type Range } from '../rows.js'
import { cursor, fields, limit } from '../schema.js'
import { findTransaction, readTransactions, type Transaction } from '../transactions.js'
import { withData } from './reply.js'
import { createDayBegins, epochSeconds } from './time.js'

const statuses: Readonly<Record<OrderStatus, string>> = {
  pending: 'pending',
  effective: 'settled',
  refunding: 'refunding',
  refunded: 'refunded',
  rejected: 'settled',
  voided: 'voided',
}

const names: Readonly<Record<Transaction['purpose'], string>> = {
  purchase: 'Plan Payment',
  renewal: 'Renewal Payment',
  recharge: 'Recharge',
}

/** `start` and `end` are those of the period that all its plans have; `date` is that of the payment, or of the attempt where there was none. */
const createShown = (username: string): ((transaction: Transaction) => Writable) => {
  const dayBegins = createDayBegins()
  return ({ id, purpose, createdAt, modifiedAt, paidAt, amount, currency, plans, transaction, order }) => {
    const [period, ...others] = plans.map(({ period }) => period)
    const shared = others.every((other) => other?.start === period?.start && other?.end === period?.end)
    const { start, end, zone } = (shared && period) || none
    return {
      _id: id,
      username,
      createdAt: epochSeconds(createdAt),
      modifiedAt: epochSeconds(modifiedAt),
      start: start === null ? null : dayBegins(start, zone),
      end: end === null ? null : dayBegins(end, zone),
      name: names[purpose],
      value: amountText(amount, currency),
      remark: purpose === 'recharge' ? 'Money For The Balance' : plans.map(({ name }) => name).join(', '),
      date: epochSeconds(paidAt ?? createdAt),
      status: statuses[statusOf(order)],
      bt_trans_id: transaction,
    }
  }
}

const none = { start: null, end: null, zone: '' } as const

const DEFAULT_LIMIT = '100'

/** Those of the caller, newest first. Within a range of dates nothing but its payments, and those an hour around them, is read. */
const list = async ({ parts, caller, query }: Call): Promise<Answer> => {
  const asked = query.some('start', 'end', 'limit', 'cursor')
  const { holds, isTooOld, isTooNew } = createDayRange(parts.timeZone, asked)
  const max = Number(asked.limit ?? DEFAULT_LIMIT)
  const read = (within: Range, max: number) =>
    readTransactions(parts, { key: caller.subject, ...within, direction: 'backwards', max })
  const newest = async (within: Range) => {
    const [found] = await read(within, 1)
    return found && { leaf: found.leaf, at: found.createdAt }
  }
  const all = bounds(asked.cursor, 'backwards')
  const found = await read(isTooNew === null ? all : await skip(newest, all, isTooNew), max + 1)
  const shown = createShown(caller.subject)
  const page = found.slice(0, max).filter(({ createdAt }) => holds(createdAt))
  const next = found[max]
  const body = withData(page.map(shown))
  if (next === undefined || isTooOld(next.createdAt)) return { status: 200, body }
  return { status: 200, body, link: nextLink('/payment/transaction/', query.some('start', 'end', 'limit'), next.leaf) }
}

const one = async ({ parts, caller, params }: Call): Promise<Answer> => {
  const found = await findTransaction(parts, caller.subject, params.text('id'))
  return { status: 200, body: withData(createShown(caller.subject)(found)) }
}

const read = { kind: 'read', method: 'GET' } as const

/** What the caller has paid by card, or for plans. */
export const transactionRoutes: readonly ReadRoute[] = [
  { ...read, url: '/payment/transaction', query: fields({}, { start: date, end: date, limit, cursor }), read: list },
  { ...read, url: '/payment/transaction/:id', params: fields({ id: { type: 'string', maxLength: 64 } }), read: one },
]
