import type { GatewayCharge, GatewayState } from '../port.js'
import { GatewayUnknown } from '../port.js'

/** A transaction of Braintree's, as far as we read it. */
export interface Transaction {
  readonly id: string
  readonly type: 'sale' | 'credit'
  readonly status: string
  readonly amount: string
  readonly currency: string
  readonly orderId: string | null
  /** ISO 8601. */
  readonly createdAt: string
  readonly card: string | null
  readonly refundIds: readonly string[]
  /** Of the bank's answer, in its own words. */
  readonly code: string | null
  readonly reason: string | null
  /** Why the gateway itself rejected it. */
  readonly rejection: string | null
  /** A dispute about it is lost. */
  readonly lost: boolean
}

/** What the SDK makes of an answer to a sale, a void or a refund. */
export type Reply =
  | { readonly kind: 'taken' | 'rejected'; readonly transaction: Transaction }
  /** The codes of what is wrong with the request: at least one. */
  | { readonly kind: 'refused'; readonly codes: readonly string[] }

/** Throws `GatewayUnknown` where it is not as documented; so do the others. */
export const decodeReply = (reply: unknown): Reply => {
  const { success, transaction, errors } = record(reply, 'answer')
  if (transaction === undefined && success === false) return { kind: 'refused', codes: codesOf(errors) }
  return { kind: success === true ? 'taken' : 'rejected', transaction: decodeTransaction(transaction) }
}

export const decodeTransaction = (value: unknown): Transaction => {
  const found = record(value, 'transaction')
  const { type } = found
  if (type !== 'sale' && type !== 'credit') throw unreadable('type')
  return {
    id: text(found, 'id', ID),
    type,
    status: text(found, 'status', WORD),
    amount: text(found, 'amount', /^\d{1,12}(?:\.\d{1,4})?$/),
    currency: text(found, 'currencyIsoCode', /^[A-Z]{3}$/),
    orderId: optional(found, 'orderId', /^/),
    createdAt: text(found, 'createdAt', /^/),
    card: optional(record(found.creditCard, 'creditCard'), 'token', ID),
    refundIds: list(found.refundIds ?? []).map((id) => checked(id, 'refundIds', ID)),
    code: said(found.processorResponseCode),
    reason: said(found.processorResponseText),
    rejection: optional(found, 'gatewayRejectionReason', WORD),
    lost: list(found.disputes ?? []).some((dispute) => isLost(record(dispute, 'disputes'))),
  }
}

/** The ids that a search gives. */
export const decodeIds = (response: unknown): readonly string[] =>
  list(record(response, 'search').ids).map((id) => checked(id, 'ids', ID))

export const decodeClientToken = (reply: unknown): string =>
  text(record(reply, 'answer'), 'clientToken', /^[\w+/=-]{1,65536}$/)

export const stateOf = ({ status, lost }: Transaction): GatewayState => {
  if (lost) return 'returned'
  const state = STATES.get(status)
  if (state === undefined) throw unreadable(`status ${status}`)
  return state
}

export const chargeOf = (transaction: Transaction): GatewayCharge => {
  const { id, amount, currency, card, refundIds } = transaction
  return { transaction: id, amount, currency, card, refundIds, state: stateOf(transaction) }
}

/** https://developer.paypal.com/braintree/docs/reference/general/statuses */
const STATES: ReadonlyMap<string, GatewayState> = new Map([
  ['authorized', 'pending'],
  ['authorizing', 'pending'],
  ['submitted_for_settlement', 'pending'],
  ['settling', 'pending'],
  ['settlement_confirmed', 'pending'],
  ['settlement_pending', 'pending'],
  ['settled', 'settled'],
  ['authorization_expired', 'failed'],
  ['settlement_declined', 'failed'],
  ['processor_declined', 'failed'],
  ['gateway_rejected', 'failed'],
  ['failed', 'failed'],
  ['voided', 'voided'],
])

/** An inquiry moves no money. */
const isLost = ({ status, kind }: Fields): boolean =>
  kind !== 'retrieval' &&
  typeof status === 'string' &&
  ['lost', 'accepted', 'auto_accepted', 'expired'].includes(status)

type Fields = Readonly<Record<string, unknown>>

/** What the SDK puts into the path of a request, and nothing else. */
const ID = /^[A-Za-z0-9_-]{1,64}$/
/** Characters. */
const MOST_SAID = 200
const WORD = /^[a-z_]{1,64}$/

const unreadable = (what: string): GatewayUnknown =>
  new GatewayUnknown(`Braintree's answer cannot be read: ${what} is not as documented`)

const record = (value: unknown, what: string): Fields => {
  if (typeof value !== 'object' || value === null) throw unreadable(what)
  return { ...value }
}

const list = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw unreadable('a list')
  return value
}

const checked = (value: unknown, what: string, shape: RegExp): string => {
  if (typeof value !== 'string' || !shape.test(value)) throw unreadable(what)
  return value
}

const text = (fields: Fields, name: string, shape: RegExp): string => checked(fields[name], name, shape)

/** Absent, null or empty: the SDK makes all three of one thing. */
const optional = (fields: Fields, name: string, shape: RegExp): string | null => {
  const value = fields[name] ?? ''
  return value === '' ? null : checked(value, name, shape)
}

/** What is only repeated to people never makes an outcome unknown. */
const said = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.replace(/[^\x20-\x7e]/g, '?').slice(0, MOST_SAID) : null

const codesOf = (errors: unknown): readonly string[] => {
  const deep = typeof errors === 'object' && errors !== null && 'deepErrors' in errors ? errors.deepErrors : null
  if (typeof deep !== 'function') throw unreadable('errors')
  const codes = list(deep.call(errors)).map((error) => text(record(error, 'errors'), 'code', /^\d{4,8}$/))
  if (codes.length === 0) throw unreadable('errors')
  return codes
}
