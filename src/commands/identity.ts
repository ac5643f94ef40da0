import { hash } from 'node:crypto'
import { uuidV8 } from '../store/encode.js'
import type { Mac } from './mac.js'

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
export const scopedId = (mac: Mac, text: string): string => uuidV8(mac(text, 'hex'))
