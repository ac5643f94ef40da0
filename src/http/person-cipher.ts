import { createCipheriv, createDecipheriv } from 'node:crypto'

/** What a sealed text is bound to: it opens nowhere else. */
export interface Place {
  readonly account: string
  /** What the text is: `billing-address`. */
  readonly field: string
  readonly personKey: string
}

const VERSION = 1
export const NONCE_BYTES = 12
const TAG_BYTES = 16
const FIRST = 1 + NONCE_BYTES

/**
 * Version (1), nonce, ciphertext and tag of AES-256-GCM; the place is authenticated. The length of the text shows. `key`: 32 bytes; `nonce`:
 * 12 random bytes: a person has few data, so two are never alike.
 */
export const sealText = (text: string, place: Place, key: Uint8Array, nonce: Uint8Array): string => {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(bound(place))
  const bytes = [Buffer.from([VERSION]), nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
  return Buffer.concat(bytes).toString('base64url')
}

/** `null`: it is not what was sealed there. */
export const openText = (sealed: string, place: Place, key: Uint8Array): string | null => {
  const bytes = Buffer.from(sealed, 'base64url')
  const last = bytes.length - TAG_BYTES
  if (bytes[0] !== VERSION || last < FIRST) return null
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, FIRST), { authTagLength: TAG_BYTES })
    .setAAD(bound(place))
    .setAuthTag(bytes.subarray(last))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(FIRST, last)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

const bound = ({ account, field, personKey }: Place): Buffer =>
  Buffer.from(JSON.stringify([VERSION, account, field, personKey]))
