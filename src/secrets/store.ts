import { checkName, MAX_VALUE, type SecretRecords, type SecretStore, SecretsUnreachable, SecretTaken } from './port.js'
import { rotate } from './rotate.js'
import { NONCE_BYTES, type Sealing } from './seal.js'

export interface SecretParts {
  readonly records: SecretRecords
  readonly sealing: Sealing
  /** Random bytes from the system's own generator. */
  readonly draw: (size: number) => Uint8Array
}

/** The store over whatever adapter: values are sealed here, and nothing below sees them. */
export const createSecretStore = (parts: SecretParts): SecretStore => {
  const { records, sealing, draw } = parts
  return {
    put: async (name, value) => {
      checkName(name)
      checkValue(value)
      const sealed = sealing.seal(name, value, draw(NONCE_BYTES))
      if (await records.insert({ name, sealed })) return
      const found = await records.read(name)
      // Inserted by another process, and not for good yet: it may still be rolled back.
      if (found === null) throw new SecretsUnreachable(`${name} is not settled yet; put it again`)
      if (found !== 'destroyed' && sealing.open({ name, sealed: found }) === value) return
      throw new SecretTaken(
        `${name} is taken: ${found === 'destroyed' ? 'it was destroyed' : 'another value lies there'}`,
      )
    },
    get: async (name) => {
      checkName(name)
      const found = await records.read(name)
      return found === null || found === 'destroyed' ? null : sealing.open({ name, sealed: found })
    },
    destroy: async (name) => {
      checkName(name)
      await records.destroy(name)
    },
    rotate: (progress) => rotate(parts, progress),
    close: () => records.close(),
  }
}

/** What would not come back as it was is refused: half a surrogate pair has no UTF-8. */
const checkValue = (value: string): void => {
  if (typeof value !== 'string') throw new TypeError('a secret is a text')
  const bytes = Buffer.from(value, 'utf8')
  if (bytes.length > MAX_VALUE) throw new TypeError(`a secret has at most ${MAX_VALUE} bytes, not ${bytes.length}`)
  if (bytes.toString('utf8') !== value) throw new TypeError('a secret is well-formed text')
}
