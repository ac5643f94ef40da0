import { type BinaryToTextEncoding, hash } from 'node:crypto'

/** HMAC-SHA-256 (RFC 2104) of a text under a key that it was made with. */
export type Mac = (text: string, encoding: BinaryToTextEncoding) => string

/** Of SHA-256, in bytes. */
const BLOCK = 64
const DIGEST = 32

/** On the one-shot hash: an HMAC object costs four times as much, and two of them are needed for each command. */
export const createMac = (secret: Uint8Array): Mac => {
  const key = secret.length > BLOCK ? hash('sha256', secret, 'buffer') : secret
  const padded = (byte: number): Uint8Array => new Uint8Array(BLOCK).map((_, at) => (key[at] ?? 0) ^ byte)
  const inner = padded(0x36)
  const outer = Buffer.concat([padded(0x5c), Buffer.alloc(DIGEST)])
  return (text, encoding) => {
    const message = Buffer.allocUnsafe(BLOCK + Buffer.byteLength(text))
    message.set(inner)
    message.write(text, BLOCK)
    outer.set(hash('sha256', message, 'buffer'), BLOCK)
    return hash('sha256', outer, encoding)
  }
}
