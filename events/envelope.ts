import type { FromSchema } from 'json-schema-to-ts'
import type { Fact } from './catalogue.js'
import { accountName, date, instant, uuid } from './parts.js'

/** Stored beside the data of every event, for ever. */
export const metadataSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['recordedAt', 'actor', 'correlationId', 'causationId'],
  properties: {
    /** The command's "now": the later of our clock and the stream's last `recordedAt`. */
    recordedAt: instant,
    /** The business's own date, where an admin gave one. */
    effectiveDate: date,
    /** The subject of the token, or `system:<part>` for our own schedulers: no account name holds a colon. */
    actor: { anyOf: [accountName, { type: 'string', maxLength: 64, pattern: '^system:[a-z-]{1,57}$' }] },
    /** `<operation> <Idempotency-Key>`, on the last event of the command that had one. With actor and stream it is the key's whole scope. */
    key: { type: 'string', maxLength: 300, pattern: '^[a-z-]{1,40} [\\x21-\\x7e]{1,255}$' },
    /** HMAC of method, path, query and canonical body, base64url; beside `key`. */
    fingerprint: { type: 'string', maxLength: 43, pattern: '^[A-Za-z0-9_-]{43}$' },
    /** Given by the client or drawn by us: ties together what one piece of work caused. */
    correlationId: { type: 'string', maxLength: 128, pattern: '^[\\x21-\\x7e]{1,128}$' },
    /** Drawn per command: a repeated append keeps it, a new decision never does. */
    causationId: uuid,
  },
} as const

export type Metadata = Readonly<FromSchema<typeof metadataSchema>>

/** Where an event lies and what is known about how it came. */
export interface Envelope {
  /** UUIDv8 over stream, expected revision, type, data and metadata. */
  readonly id: string
  readonly stream: string
  /** From 0 in each stream, without gaps. */
  readonly revision: number
  readonly metadata: Metadata
}

/** A fact as it lies in a stream. */
export type StreamEvent = Fact & Envelope

/** A fact as it lies in the log: `leaf` is its number among all ledger events, from 0, without gaps. */
export type LedgerEvent = StreamEvent & { readonly leaf: number }
