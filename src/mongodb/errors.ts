import {
  MongoBulkWriteError,
  MongoCompatibilityError,
  MongoError,
  MongoNetworkError,
  MongoServerSelectionError,
  type WriteError,
} from 'mongodb'
import { GivenUp } from './patience.js'

/** What may be wrong with a server, for each room to put its own code to it. */
export type FaultKind =
  | 'address-invalid'
  | 'too-old'
  | 'denied'
  | 'not-writable'
  | 'unreachable'
  | 'full'
  /** Whatever else it said. */
  | 'failed'

export interface Fault {
  readonly kind: FaultKind
  /** A sentence without passwords that ends with the next step, but for `full` and `failed`. */
  readonly message: string
  /** The driver's. */
  readonly cause: Error
}

/** The driver does not take the connection string, or one of its options. */
export class AddressInvalid extends Error {
  constructor(address: string) {
    super(
      `${address} is no connection string of MongoDB with options that it knows; write mongodb://user:password@host:27017/database, with special characters percent-encoded`,
    )
  }
}

/** A connection string without user, password and options. */
export const masked = (connection: string): string =>
  connection.replace(/^([\w+]*:\/\/)?.*@/s, '$1***@').replace(/\?.*$/s, '')

/** Authentication and rights, MongoDB's and Atlas'. */
const DENIED: ReadonlySet<unknown> = new Set([13, 18, 8000])
/** Not the primary, or about to stop being it. */
const NOT_WRITABLE: ReadonlySet<unknown> = new Set([91, 189, 10058, 10107, 11600, 11602, 13435, 13436])
const FULL = 14031

export const DUPLICATE = 11000

/** `null`: it is no error of the driver or of the server. */
export const faultOf = (thrown: unknown, address: string): Fault | null => {
  const cause = unwrapped(thrown)
  if (cause instanceof AddressInvalid) return { kind: 'address-invalid', message: cause.message, cause }
  if (isSocketError(cause) || cause instanceof GivenUp) return unreachable(cause, address)
  if (!(cause instanceof MongoError)) return null
  const refused = refusalOf(cause)
  const code = refused?.code ?? cause.code
  if (code === FULL) return { kind: 'full', message: `the disk of ${address} is full`, cause }
  const { message } = refused === undefined ? cause : { message: `${refused.errmsg} (${refused.code})` }
  return named(cause, code, address) ?? { kind: 'failed', message: `${address}: ${message}`, cause }
}

/** Nobody there who could do what was asked: it may be worth waiting. */
export const isAway = (thrown: unknown, address: string): boolean => {
  const kind = faultOf(thrown, address)?.kind
  return kind === 'unreachable' || kind === 'not-writable'
}

/** The first write that failed for another reason than that its key was there. */
const refusalOf = (error: MongoError): WriteError | undefined =>
  error instanceof MongoBulkWriteError ? [error.writeErrors].flat().find(({ code }) => code !== DUPLICATE) : undefined

const named = (cause: MongoError, code: unknown, address: string): Fault | null => {
  if (cause instanceof MongoCompatibilityError || cause.cause instanceof MongoCompatibilityError) {
    const message = `the server at ${address} is older than MongoDB 4.4, the first that we can speak to; upgrade it`
    return { kind: 'too-old', message, cause }
  }
  if (DENIED.has(code)) {
    const message = `the server at ${address} refuses us: ${cause.message}; correct user, password and authSource, or grant readWrite on the database`
    return { kind: 'denied', message, cause }
  }
  if (NOT_WRITABLE.has(code) || (cause instanceof MongoServerSelectionError && answered(cause))) {
    const message = `no server at ${address} is a writable primary; wait for an election, or name all members and the replica set`
    return { kind: 'not-writable', message, cause }
  }
  return cause instanceof MongoServerSelectionError || dropped(cause) ? unreachable(cause, address) : null
}

const unreachable = (cause: Error, address: string): Fault => ({
  kind: 'unreachable',
  message: `no answer from ${address}: ${cause.message}; start the server, or check address, network and TLS`,
  cause,
})

/** The driver lets some of Node's errors through as they are. */
const isSocketError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && /^E[A-Z_]+$/.test(String(error.code))

/** Servers are there, but none of the kind asked for. */
const answered = ({ reason }: MongoServerSelectionError): boolean =>
  /* c8 ignore next -- there always is a reason, though its type does not say so */
  Array.from(reason?.servers.values() ?? [], ({ type }) => type).some((type) => type !== 'Unknown')

const dropped = (error: MongoError): boolean =>
  error instanceof MongoNetworkError || error.name === 'MongoWaitQueueTimeoutError'

/** A bulk write hides what was thrown in an error of its own. */
const unwrapped = (error: unknown): unknown =>
  error instanceof MongoBulkWriteError && error.errorResponse instanceof MongoError ? error.errorResponse : error
