import { type BinaryToTextEncoding, hash } from 'node:crypto'

/** HMAC-SHA-256 (RFC 2104) of a text under a key that it was made with. */
export type Mac = (text: string, encoding: BinaryToTextEncoding) => string

/** Of SHA-256, in bytes. */
const BLOCK = 64
const DIGEST = 32
/** UTF-16 units of a text that needs no message of its own: nearly all. */
const SHORT = 1024
const BYTES_PER_UNIT = 3

/** On the one-shot hash: an HMAC object costs four times as much, and two of them are needed for each command. */
export const createMac = (secret: Uint8Array): Mac => {
  const key = secret.length > BLOCK ? hash('sha256', secret, 'buffer') : secret
  const padded = (byte: number): Uint8Array => new Uint8Array(BLOCK).map((_, at) => (key[at] ?? 0) ^ byte)
  const inner = padded(0x36)
  const outer = Buffer.concat([padded(0x5c), Buffer.alloc(DIGEST)])
  const short = Buffer.alloc(BLOCK + SHORT * BYTES_PER_UNIT)
  short.set(inner)
  return (text, encoding) => {
    const message = text.length > SHORT ? Buffer.concat([inner, Buffer.from(text)]) : short
    const end = text.length > SHORT ? message.length : BLOCK + short.write(text, BLOCK)
    // As text, because a digest in a buffer of its own costs three times as much.
    outer.write(hash('sha256', message.subarray(0, end), 'binary'), BLOCK, 'latin1')
    return hash('sha256', outer, encoding)
  }
}
