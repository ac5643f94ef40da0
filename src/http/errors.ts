import type { Unavailable } from '../commands/port.js'
import type { RefusalCode } from '../ledger/refusals.js'
import { type ErrorEntry, entry, NOTHING } from './error-entry.js'
import { onSales } from './sales-errors.js'

/** What HTTP itself refuses. */
type HttpCode =
  | 'unauthorized'
  | 'not_found'
  | 'method_not_allowed'
  | 'invalid_url'
  | 'invalid_json'
  | 'invalid_request'
  | 'invalid_http'
  | 'body_too_large'
  | 'headers_too_large'
  | 'unsupported_media_type'
  | 'request_timeout'
  | 'idempotency_key_invalid'
  | 'idempotency_key_reused'
  | 'correlation_id_invalid'
  | 'min_position_invalid'
  | 'position_not_reached'
  | 'cursor_invalid'
  | 'view_not_found'
  | 'rebuild_running'
  | 'rebuild_elsewhere'
  | 'views_not_made'
  | 'too_many_guesses'
  | 'movement_not_found'
  | 'renewal_running'
  | 'settling_running'
  | 'checkout_not_in_doubt'
  | 'customer_not_found'
  | 'customer_erased'
  | 'gateway_unreachable'
  | 'card_declined'
  | 'card_refused'
  | 'checkout_failed'
  | 'transaction_not_found'
  | 'internal_error'

/** What the ports say of a store that is away, or cannot be read. */
type StoreCode =
  | 'store_unreachable'
  | 'store_damaged'
  | 'undecodable'
  | 'views_unreachable'
  | 'secrets_unreachable'
  | 'secret_unreadable'

export type ErrorCode = HttpCode | RefusalCode | Unavailable['code'] | StoreCode

const AGAIN = 'Send the same request again, with the same key, after the seconds in Retry-After.'

const http = {
  unauthorized: entry(1001, 401, 'The token is missing or not valid.', 'Ask for a new token.'),
  not_found: entry(1002, 404, 'There is nothing at this path.', 'Check the path.'),
  method_not_allowed: entry(1003, 405, 'The path does not know this method.', 'Use a method named in Allow.'),
  invalid_url: entry(1004, 400, 'The path is not well formed.', 'Percent-encode names in UTF-8.'),
  invalid_json: entry(1005, 400, 'The body is not JSON as we read it.', 'Send one strict JSON value in UTF-8.'),
  invalid_request: entry(1006, 400, 'A field is missing, unknown or of the wrong shape.', 'Correct the field named.'),
  invalid_http: entry(1007, 400, 'The request is not well-formed HTTP.', 'Check the client.'),
  body_too_large: entry(1008, 413, 'The body is larger than this path takes.', 'Send less at once.'),
  headers_too_large: entry(1009, 431, 'The headers are larger than we take.', 'Send fewer or shorter headers.'),
  unsupported_media_type: entry(1010, 415, 'The content type is not read here.', 'Send application/json in UTF-8.'),
  request_timeout: entry(1011, 408, 'The request did not arrive in time.', 'Send it again, faster.'),
  idempotency_key_invalid: entry(
    1012,
    400,
    'Idempotency-Key is not 1 to 255 visible ASCII characters.',
    'Send a shorter or plainer key.',
  ),
  idempotency_key_reused: entry(
    1013,
    422,
    'The key was used for another request.',
    'Use a new key for a new request; repeat the old one unchanged.',
  ),
  correlation_id_invalid: entry(
    1014,
    400,
    'Correlation-Id is not 1 to 128 visible ASCII characters.',
    'Send a shorter or plainer id, or none.',
  ),
  min_position_invalid: entry(
    1015,
    400,
    'The position is not one we gave out.',
    'Send a Ledger-Position of a reply unchanged.',
  ),
  position_not_reached: entry(1016, 503, 'The views have not come to this position yet.', 'Ask again in a second.'),
  cursor_invalid: entry(1017, 400, 'The cursor is not one we gave out.', 'Follow a link, or begin without a cursor.'),
  view_not_found: entry(
    1018,
    404,
    'There is no such view.',
    'Name a view, a projection that /ready lists, or none for all.',
  ),
  rebuild_running: entry(1019, 409, 'A rebuild is under way.', 'Ask again when it has ended.'),
  views_not_made: entry(
    1040,
    503,
    'The views are not made yet.',
    'Ask again later; /ready says of each how far it is, or why it does not go on.',
  ),
  rebuild_elsewhere: entry(
    1020,
    409,
    'This server folds no views.',
    'Send it to a projector, or to a server that does everything.',
  ),
  too_many_guesses: entry(
    1030,
    429,
    'Too many wrong codes came from the subject of this token.',
    'Wait for the seconds in Retry-After.',
  ),
  movement_not_found: entry(1029, 404, 'The account has no such movement.', 'Take a trans_id from the list.'),
  renewal_running: entry(1034, 409, 'A run of renewals is under way.', 'Ask again when it has ended.'),
  settling_running: entry(2073, 409, 'The card gateway is being asked already.', 'Ask again when it has ended.'),
  checkout_not_in_doubt: entry(
    2099,
    409,
    'Nothing is charged for the checkout that was not asked for, or not yet.',
    'Look at /v1/checkouts: it ends by itself.',
  ),
  customer_not_found: entry(1045, 404, 'The account has no billing address.', 'Put one.'),
  customer_erased: entry(
    1046,
    410,
    'What was kept of the person behind the account is erased.',
    'Put a billing address if there is to be one again.',
  ),
  gateway_unreachable: entry(
    1041,
    502,
    'The card gateway cannot be reached, or does not answer.',
    'Try again later; a payment under another key.',
  ),
  card_declined: entry(
    1042,
    402,
    'The card was declined: nothing was charged, and nothing has changed.',
    'Pay with another card, under another key.',
  ),
  card_refused: entry(
    1043,
    402,
    'The gateway refused the payment: nothing was charged, and nothing has changed.',
    'Ask for a new client token and pay with a new nonce, under another key.',
  ),
  checkout_failed: entry(
    1044,
    402,
    'The gateway knows of no charge that pays for the checkout; should one turn up, it is given back.',
    'Pay again, with a new nonce and under another key.',
  ),
  transaction_not_found: entry(1047, 404, 'The account has no such payment.', 'Take an _id from the list.'),
  internal_error: entry(
    1099,
    500,
    'Something went wrong on our side.',
    'Send the same request again with the same key; tell the operator the request id.',
  ),
} satisfies Record<HttpCode, ErrorEntry>

const unavailable = {
  outcome_unknown: entry(1101, 503, 'Whether it was stored is not known yet.', AGAIN),
  disk_full: entry(1102, 503, 'The store has no space; nothing was written.', AGAIN),
  store_stopped: entry(1103, 503, 'The store gave up after an error; an operator must look.', AGAIN),
  busy: entry(1104, 503, 'Too much is waiting; nothing was written.', AGAIN),
  conflicts: entry(1105, 503, 'Others kept changing the same account; nothing was written.', AGAIN),
  clock: entry(1106, 503, 'Our clock cannot be trusted now; nothing was written.', AGAIN),
  shutting_down: entry(1107, 503, 'The server is stopping; nothing was written.', AGAIN),
  not_ready: entry(1108, 503, 'The server is still starting.', AGAIN),
  checkout_in_doubt: entry(
    2070,
    503,
    'Whether the card was charged is not known yet; the checkout stays open until it is.',
    'Do not pay again: it is settled by itself. The same request with the same key, after the seconds in Retry-After, says how.',
  ),
  store_unreachable: entry(1109, 503, 'The event store does not answer.', AGAIN),
  views_unreachable: entry(1110, 503, 'The views cannot be reached, or not be written; events are safe.', AGAIN),
  secrets_unreachable: entry(1111, 503, 'The store of the secrets does not answer.', AGAIN),
  secret_unreadable: entry(
    1112,
    503,
    'A secret cannot be read: its key is not configured, or it was changed or lost.',
    'Tell the operator: docs/operations.md, Secrets.',
  ),
  store_damaged: entry(
    1113,
    500,
    'The events are not what was committed.',
    'Tell the operator: restore a backup; COUNTERFOIL_ACCEPT_LOG=yes takes a log that ends too early as it is.',
  ),
  undecodable: entry(
    1114,
    500,
    'The log holds an event that this program does not know; nothing behind it is folded.',
    'Tell the operator: run the version that wrote it, or restore a backup.',
  ),
} satisfies Record<Unavailable['code'] | StoreCode, ErrorEntry>

const OTHER_AMOUNT = 'Send another amount.'
const CHECK_ACCOUNT = 'Check the name; names are case-sensitive.'
const CHECK_ORDER = 'Look the order up; its state says what is possible.'

const onAccounts = {
  invalid_amount: entry(2001, 400, 'The amount is not a decimal we take.', 'Send plain digits, with a point at most.'),
  amount_not_positive: entry(2002, 422, 'The amount is zero or less.', 'Send an amount above zero.'),
  too_many_decimals: entry(2003, 422, 'The amount has more decimals than the currency.', 'Round it yourself.'),
  unknown_currency: entry(2004, 422, 'The currency is not in ISO 4217.', 'Send an alphabetic code such as EUR.'),
  wrong_currency: entry(2005, 422, 'The account is in another currency.', "Use the account's currency."),
  invalid_date: entry(2006, 400, 'The date does not exist, or may not be given here.', 'Send YYYY-MM-DD.'),
  invalid_expiry: entry(2007, 422, 'The expiry is not an instant ahead of us within the limit.', 'Send another one.'),
  forbidden: entry(2008, 403, 'The token does not allow this.', 'Ask whoever may do it.'),
  account_not_found: entry(2009, 404, 'The account was never opened.', CHECK_ACCOUNT),
  account_exists: entry(2010, 409, 'The account was opened before.', NOTHING),
  account_frozen: entry(2011, 409, 'The account is frozen.', 'Ask an admin to unfreeze it.'),
  already_frozen: entry(2012, 409, 'The account is frozen already.', NOTHING),
  not_frozen: entry(2013, 409, 'The account is not frozen.', NOTHING),
  insufficient_funds: entry(2014, 402, 'The amount is more than the account may spend.', 'Recharge it, or send less.'),
  trade_with_oneself: entry(2015, 422, 'Buyer and seller are one account.', 'Name another seller.'),
  too_many_holds: entry(2016, 409, 'The account has as many open holds as it may.', 'Capture or void one.'),
  order_not_found: entry(2017, 404, 'There is no such order.', 'Check the id.'),
  order_not_pending: entry(2018, 409, 'The order is not pending.', CHECK_ORDER),
  order_not_effective: entry(2019, 409, 'The order is not effective.', CHECK_ORDER),
  order_not_refundable: entry(
    2020,
    409,
    'This cannot be refunded: it is a recharge, or an order for which nothing was paid.',
    'Ask an admin to take a recharge back; of an unpaid order there is nothing to give back.',
  ),
  hold_expired: entry(2021, 409, 'The hold has expired.', 'Authorise again.'),
  hold_not_expired: entry(2022, 409, 'The hold has not expired yet.', NOTHING),
  capture_exceeds_hold: entry(2023, 422, 'The capture is more than the hold.', OTHER_AMOUNT),
  refund_exceeds_order: entry(2024, 422, 'The refunds would be more than the order.', OTHER_AMOUNT),
  refund_not_found: entry(2025, 404, 'There is no such refund.', 'Check the id.'),
  refund_rejected: entry(2026, 409, 'A refund of this order was rejected.', 'An admin may request again on /v1.'),
  refund_decided: entry(2027, 409, 'The refund was decided otherwise before.', CHECK_ORDER),
  refund_ambiguous: entry(2028, 409, 'The order has several open refunds.', 'Name the refund, on /v1.'),
  too_many_refunds: entry(2029, 409, 'The order has as many open refunds as it may.', 'Have one decided first.'),
  seller_short: entry(
    2030,
    409,
    'The seller is below zero, so only an admin may approve.',
    'Recharge the seller, or ask an admin.',
  ),
  recharge_not_found: entry(2031, 404, 'There is no such recharge of this account.', 'Check the id.'),
  reversal_exceeds_recharge: entry(2032, 422, 'The reversals would be more than the recharge.', OTHER_AMOUNT),
}

const refusals = { ...onAccounts, ...onSales } satisfies Record<RefusalCode, ErrorEntry>

export const errorCatalogue: Readonly<Record<ErrorCode, ErrorEntry>> = { ...http, ...unavailable, ...refusals }

/** Thrown where a request is refused before or beside a command. */
export class RequestRefused extends Error {
  constructor(
    readonly code: ErrorCode,
    /** A plain sentence with the particulars; no secrets. Left out: the entry's meaning. */
    detail?: string,
    /** Seconds after which it may be asked again. */
    readonly retryAfter?: number,
  ) {
    super(detail ?? errorCatalogue[code].meaning)
  }
}
