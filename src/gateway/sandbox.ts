import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'
import { parseAmount } from './amounts.js'
import {
  type Gateway,
  type GatewayCharge,
  type GatewayState,
  GatewayUnknown,
  GatewayUnreachable,
  type RefundNotYet,
  type RefundRequest,
  type RefundResult,
  type SaleRequest,
  type SaleResult,
} from './port.js'
import { openRecords, type SandboxRecord, type SandboxRecords } from './sandbox/records.js'
import { judge } from './sandbox/rules.js'

export interface SandboxOptions {
  /** A file, whose folder must exist; left out: memory, for tests. */
  readonly path?: string
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Milliseconds from a charge or a refund to its settlement; left out: a minute. */
  readonly settleAfter?: number
}

export interface Sandbox extends Gateway {
  /** For tests: from now on a charge or a refund is in this state. */
  become(transaction: string, state: GatewayState): void
}

const MINUTE = 60_000

/**
 * A gateway that charges nobody, in this process: deterministic, with Braintree's test nonces and amounts. Like every gateway it charges twice who
 * asks twice. Throws what SQLite throws where the file cannot be opened.
 */
export const createSandbox = ({ path = ':memory:', clock, settleAfter = MINUTE }: SandboxOptions): Sandbox => {
  const records = openRecords(path)
  const book: Book = {
    records,
    state: ({ fate, due, outcome }) => fate ?? (clock() < due ? 'pending' : outcome),
    due: () => clock() + settleAfter,
  }
  const known = (transaction: string): SandboxRecord => {
    const found = records.byId(transaction)
    if (found === undefined) throw new GatewayUnreachable(`the sandbox has no transaction ${transaction}`)
    return found
  }
  const run = async <Result>(work: () => Result): Promise<Result> => {
    try {
      return records.atomically(work)
    } catch (error) {
      throw error instanceof Database.SqliteError ? unwritten(error) : error
    }
  }
  return {
    clientToken: async () => Buffer.from('{"version":2,"environment":"counterfoil-sandbox"}').toString('base64'),
    sale: (request) => run(() => sell(book, request)),
    find: (orderId) =>
      run(() =>
        records
          .byOrder(orderId)
          .filter(({ charge }) => charge === null)
          .map((record) => chargeOf(book, record)),
      ),
    refund: (request) => run(() => giveBack(book, known(request.transaction), request)),
    findRefund: (refundId, transaction) => run(() => refundOf(book, known(transaction), refundId)),
    state: (transaction) => run(() => book.state(known(transaction))),
    become: (transaction, state) => records.setFate(transaction, state),
    close: async () => records.close(),
  }
}

interface Book {
  readonly records: SandboxRecords
  readonly state: (record: SandboxRecord) => GatewayState
  readonly due: () => number
}

const sell = (book: Book, request: SaleRequest): SaleResult => {
  const { records, due } = book
  const { orderId, amount, currency, means } = request
  const judged = judge(request, records.isKept)
  if (typeof judged === 'object') return judged
  const id = drawn('charge', orderId, records.byOrder(orderId).length)
  const kept = means.kind === 'card' ? means.token : means.store ? `card_${id}` : null
  const record = { id, charge: null, orderId, amount, currency, card: kept, due: due(), outcome: judged, fate: null }
  records.insert(record)
  return { kind: 'charged', ...chargeOf(book, record) }
}

const chargeOf = (book: Book, record: SandboxRecord): GatewayCharge => {
  const { id, amount, currency, card } = record
  const refundIds = book.records.refundsOf(id).map((refund) => refund.id)
  return { transaction: id, amount, currency, card, state: book.state(record), refundIds }
}

const giveBack = (book: Book, charge: SandboxRecord, request: RefundRequest): RefundResult | RefundNotYet => {
  const { records, state, due } = book
  const { refundId, transaction, amount } = request
  const found = refundOf(book, charge, refundId)
  if (found !== null) return found
  const whole = amountOf(charge.amount)
  const asked = amountOf(amount)
  const returned = records.refundsOf(transaction).reduce((sum, refund) => sum + stillGiven(book, refund), 0n)
  if (asked === 0n || asked + returned > whole) return refused('91521', 'that is more than can be given back')
  const is = state(charge)
  if (is === 'failed' || is === 'returned') return refused(is, 'the charge brought no money that could be given back')
  if (is === 'pending') {
    if (asked !== whole) return { kind: 'not_yet' }
    records.setFate(transaction, 'voided')
    return { kind: 'voided', transaction }
  }
  const id = drawn('refund', `${transaction} ${refundId}`, 0)
  const { currency, card } = charge
  const refund = { id, charge: transaction, orderId: refundId, amount, currency, card, due: due(), fate: null }
  records.insert({ ...refund, outcome: 'settled' })
  return { kind: 'refunding', transaction: id }
}

const refundOf = (book: Book, charge: SandboxRecord, refundId: string): RefundResult | null => {
  const refund = book.records.refundsOf(charge.id).find(({ orderId }) => orderId === refundId)
  if (refund === undefined) return book.state(charge) === 'voided' ? { kind: 'voided', transaction: charge.id } : null
  const state = book.state(refund)
  if (state === 'pending' || state === 'settled')
    return { kind: state === 'settled' ? 'refunded' : 'refunding', transaction: refund.id }
  return refused(state, 'the refund came back')
}

const stillGiven = (book: Book, refund: SandboxRecord): bigint =>
  ['pending', 'settled'].includes(book.state(refund)) ? amountOf(refund.amount) : 0n

/** What is no amount is none: no refund of it is taken. */
const amountOf = (text: string): bigint => parseAmount(text) ?? 0n

const refused = (code: string, reason: string): RefundResult => ({ kind: 'refused', code, reason })

/** The same in every run, and another for every charge under one order id. */
const drawn = (kind: string, id: string, count: number): string =>
  createHash('sha256')
    .update(JSON.stringify([kind, id, count]))
    .digest('hex')
    .slice(0, 16)

const unwritten = (error: Error & { readonly code: string }): Error =>
  error.code === 'SQLITE_FULL' || error.code.startsWith('SQLITE_BUSY')
    ? new GatewayUnreachable(`the sandbox's file cannot be written (${error.code}); nothing was charged`)
    : new GatewayUnknown(`the sandbox's file failed (${error.code})`)
