import {
  MongoBulkWriteError,
  MongoCompatibilityError,
  MongoError,
  MongoNetworkError,
  MongoServerSelectionError,
  type WriteError,
} from 'mongodb'
import { ViewStoreFull } from '../port.js'

/** The server of the views, and what is wrong with it. Its message ends with the next step; its cause is the driver's error. */
export class ViewServerError extends Error {
  readonly code: string
  constructor({ code, message }: Fault, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

interface Fault {
  readonly code: string
  readonly message: string
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

/** An error of the driver as one of ours; any other as it is. */
export const explained = (thrown: unknown, address: string): unknown => {
  const error = unwrapped(thrown)
  if (isSocketError(error)) return new ViewServerError(unreachable(error, address), error)
  if (!(error instanceof MongoError)) return error
  const refused = refusalOf(error)
  const code = refused?.code ?? error.code
  if (code === FULL)
    return new ViewStoreFull('The disk of the views is full; they are written again when there is space.')
  const fault = faultOf(error, code, address)
  if (fault !== null) return new ViewServerError(fault, error)
  const { message } = refused === undefined ? error : { message: `${refused.errmsg} (${refused.code})` }
  return new ViewServerError({ code: 'views_failed', message: `${address}: ${message}` }, error)
}

/** The first write that failed for another reason than that its key was there. */
const refusalOf = (error: MongoError): WriteError | undefined =>
  error instanceof MongoBulkWriteError ? [error.writeErrors].flat().find(({ code }) => code !== DUPLICATE) : undefined

const faultOf = (error: MongoError, code: unknown, address: string): Fault | null => {
  if (error instanceof MongoCompatibilityError || error.cause instanceof MongoCompatibilityError)
    return {
      code: 'views_server_too_old',
      message: `the server at ${address} is older than MongoDB 4.4, the first that we can speak to; upgrade it`,
    }
  if (DENIED.has(code))
    return {
      code: 'views_denied',
      message: `the server at ${address} refuses us: ${error.message}; correct user, password and authSource, or grant readWrite on the database`,
    }
  if (NOT_WRITABLE.has(code) || (error instanceof MongoServerSelectionError && answered(error)))
    return {
      code: 'views_not_writable',
      message: `no server at ${address} is a writable primary; wait for an election, or name all members and the replica set`,
    }
  if (error instanceof MongoServerSelectionError || dropped(error)) return unreachable(error, address)
  return null
}

const unreachable = (error: Error, address: string): Fault => ({
  code: 'views_unreachable',
  message: `no answer from ${address}: ${error.message}; start the server, or check address, network and TLS`,
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
