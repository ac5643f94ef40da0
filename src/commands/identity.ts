import { createHmac, hash, type KeyObject } from 'node:crypto'

/** What an idempotency key is unique within: one subject, one operation, one guarded stream. */
export interface Scope {
  readonly actor: string
  readonly stream: string
  /** `<operation> <key>`, as stored in the metadata. */
  readonly key: string
}

/** No part holds a line break, so the text is unambiguous. */
export const scopeText = (scope: Scope): string => `${scope.actor}\n${scope.stream}\n${scope.key}`

/** 64 bits of SHA-256, signed as SQLite wants it: an index entry, always confirmed against the event. */
export const scopeHash = (text: string): bigint =>
  BigInt.asIntN(64, BigInt(`0x${hash('sha256', text, 'hex').slice(0, 16)}`))

/** Our ids are random or HMACs already: their first 60 free bits serve as they are. */
export const idHash = (id: string): bigint =>
  BigInt.asIntN(64, BigInt(`0x${id.slice(0, 8)}${id.slice(9, 13)}${id.slice(14, 18)}`))

/** The id of what a command with a key creates: a UUIDv8 over the HMAC of the whole scope, so a client never chooses one. */
export const scopedId = (secret: KeyObject, text: string): string => {
  const hex = createHmac('sha256', secret).update(text).digest('hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
