import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { type Sealed, type SealedRecord, SecretUnreadable } from './port.js'

/** Keys as configured: texts of high entropy. */
export interface SecretKeys {
  /** What is sealed from now on is sealed under this one. */
  readonly current: string
  /** Others under which something may still lie. */
  readonly old: readonly string[]
}

/**
 * Sealed bytes: version (1), nonce (12 bytes), ciphertext, tag (16 bytes). AES-256-GCM under a key made by HKDF-SHA256 from the configured text;
 * the name and the id of the key are authenticated too, so a value that was moved to another name does not open. The length of a value shows.
 *
 * Nonces are random, so one key must not seal more than 2^32 values (NIST SP 800-38D, 8.3: two equal nonces, which would give both
 * values away, then stay less likely than 2^-32). Sealing anew counts too. Whoever comes near it rotates the key.
 */
export interface Sealing {
  /** The id of the current key. */
  readonly current: string
  /** `nonce`: 12 random bytes, never used before. */
  seal(name: string, value: string, nonce: Uint8Array): Sealed
  /** Throws `SecretUnreadable`. */
  open(record: SealedRecord): string
}

export const NONCE_BYTES = 12
const TAG_BYTES = 16
const VERSION = 1
const FIRST = 1 + NONCE_BYTES

export const createSealing = ({ current, old }: SecretKeys): Sealing => {
  const keys = new Map([...old, current].map((text) => [idOf(text), derived(text, 'value', 32)]))
  const id = idOf(current)
  const key = derived(current, 'value', 32)
  return {
    current: id,
    seal: (name, value, nonce) => {
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(bound(name, id))
      const bytes = Buffer.concat([[VERSION], nonce, cipher.update(value, 'utf8'), cipher.final()].map(toBuffer))
      return { key: id, bytes: Buffer.concat([bytes, cipher.getAuthTag()]) }
    },
    open: ({ name, sealed }) => {
      const known = keys.get(sealed.key)
      if (known === undefined) {
        throw new SecretUnreadable(
          `${name} is sealed under the key ${sealed.key}, which is not configured; set COUNTERFOIL_SECRETS_KEY or COUNTERFOIL_SECRETS_OLD_KEYS`,
        )
      }
      return opened(name, sealed, known)
    },
  }
}

const opened = (name: string, { key: id, bytes }: Sealed, key: Uint8Array): string => {
  if (bytes[0] !== VERSION || bytes.length < FIRST + TAG_BYTES) {
    throw new SecretUnreadable(`${name} is in a form that this program does not know; upgrade it, or restore a backup`)
  }
  const last = bytes.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, FIRST), { authTagLength: TAG_BYTES })
    .setAAD(bound(name, id))
    .setAuthTag(bytes.subarray(last))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(FIRST, last)), decipher.final()]).toString('utf8')
  } catch {
    throw new SecretUnreadable(`${name} is not what was stored: it was changed or moved; restore a backup`)
  }
}

const toBuffer = (part: Uint8Array | readonly number[]): Buffer => Buffer.from(part)

/** Authenticated beside the value. */
const bound = (name: string, key: string): Buffer => Buffer.from(JSON.stringify([VERSION, key, name]))

/** Says nothing about the key, which has enough entropy. */
const idOf = (text: string): string => Buffer.from(derived(text, 'id', 8)).toString('hex')

const derived = (text: string, purpose: string, length: number): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', text, '', `counterfoil secrets ${purpose}`, length))
