import type { DocumentRecord, Json, JsonObject, RowKey, RowRecord } from '../port.js'

/** As it lies in a collection. */
export interface Stored {
  readonly _id: string
  readonly at: number
  /** An object; as JSON text where a name in it is one that a server may refuse. */
  readonly body: JsonObject | string
  /** Of rows. */
  readonly key?: string
  /** Of rows. */
  readonly leaf?: number
}

/**
 * Keys in an order that all servers agree on: MongoDB compares the bytes of UTF-8, others the units of UTF-16. Behind U+FFFF, which is in no
 * key, a character beyond 16 bits comes last either way. What is no string throws, so no operator gets into a filter.
 */
export const keyId = (key: string): string => key.replace(/[\u{10000}-\u{10FFFF}]/gu, '\uFFFF$&')
const keyOf = (id: string): string => id.replaceAll('\uFFFF', '')

/** New rows come last, whatever their key. */
export const rowId = ({ key, leaf }: RowKey): string => `${String(integer(leaf)).padStart(16, '0')} ${keyId(key)}`

/** Throws TypeError on what a double or a Long would not hold exactly. */
export const integer = (value: number): number => {
  if (Number.isSafeInteger(value)) return value
  throw new TypeError(`${value} is no whole number that a view can hold`)
}

export const fromDocument = ({ key, at, body }: DocumentRecord): Stored => ({
  _id: keyId(key),
  at: integer(at),
  body: toBody(body),
})

export const fromRow = ({ key, leaf, at, body }: RowRecord): Stored => ({
  _id: rowId({ key, leaf }),
  key: keyId(key),
  leaf,
  at: integer(at),
  body: toBody(body),
})

/** Throws TypeError on what is no record of ours. */
export const toDocument = (found: unknown): DocumentRecord => {
  const { _id, at, body } = record(found)
  return { key: keyOf(_id), at, body }
}

/** Throws TypeError on what is no record of ours. */
export const toRow = (found: unknown): RowRecord => {
  const { key, leaf, at, body } = record(found)
  if (typeof key !== 'string' || typeof leaf !== 'number') throw new TypeError('a row without key and leaf')
  return { key: keyOf(key), leaf: integer(leaf), at, body }
}

/** The parts that every record has. Throws TypeError on what is no record of ours. */
export const record = (found: unknown) => {
  const { _id, at, body, key, leaf } = found as { readonly [field in keyof Stored]?: unknown }
  if (typeof _id !== 'string' || typeof at !== 'number') throw new TypeError('a record without id and number')
  return { _id, at: integer(at), body: fromBody(body), key, leaf }
}

export const toBody = (body: JsonObject): Stored['body'] => (plain(body) ? body : JSON.stringify(body))

/** What `toBody` made. */
const fromBody = (body: unknown): JsonObject => {
  if (typeof body === 'string') return JSON.parse(body)
  if (typeof body === 'object' && body !== null) return body as JsonObject
  throw new TypeError('a record without a body')
}

const plain = (value: Json): boolean => {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(plain)
  return Object.entries(value).every(
    ([name, inner]) => !name.startsWith('$') && !name.includes('.') && !name.includes('\0') && plain(inner),
  )
}
