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
export const scopeHash = (text: string): bigint => {
  const hex = hash('sha256', text, 'hex')
  return signed(bits(hex, 0, 8), bits(hex, 8, 16))
}

/** Our ids are random or HMACs already: their first 60 free bits serve as they are. */
export const idHash = (id: string): bigint => signed(bits(id, 0, 8), (bits(id, 9, 13) << 16) | bits(id, 14, 18))

/** The number that these hex digits are, at most eight, in 32 bits. */
const bits = (hex: string, from: number, to: number): number => {
  let value = 0
  for (let at = from; at < to; at += 1) {
    const code = hex.charCodeAt(at)
    value = (value << 4) | (code < 0x61 ? code - 0x30 : code - 0x57)
  }
  return value
}

const view = new DataView(new ArrayBuffer(8))

/** Of two halves: `BigInt` of a text costs three times as much. */
const signed = (high: number, low: number): bigint => {
  view.setInt32(0, high)
  view.setInt32(4, low)
  return view.getBigInt64(0)
}

/** The id of what a command with a key creates: a UUIDv8 over the HMAC of the whole scope, so a client never chooses one. */
export const scopedId = (mac: Mac, text: string): string => uuidV8(mac(text, 'hex'))
