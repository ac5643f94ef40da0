import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'

/** The one key that tokens are signed under. */
export type TokenKey =
  | { readonly secret: Uint8Array }
  /** PEM text or a JWK. */
  | { readonly publicKey: string | JsonWebKey }

export type TokenAlgorithm = 'HS256' | 'RS256' | 'ES256' | 'EdDSA'

/** The key decides the algorithm; the token only has to agree. */
export interface VerificationKey {
  readonly algorithm: TokenAlgorithm
  readonly key: Buffer
}

const MIN_SECRET_BYTES = 32
const MIN_RSA_BITS = 2048

/** Throws with a plain sentence where the key is too weak, of another kind, or not meant for signatures. */
export const verificationKey = (configured: TokenKey): VerificationKey => {
  if ('secret' in configured) {
    if (configured.secret.byteLength < MIN_SECRET_BYTES) {
      throw new Error(`the token secret must have at least ${MIN_SECRET_BYTES} bytes`)
    }
    return { algorithm: 'HS256', key: Buffer.from(configured.secret) }
  }
  const { publicKey } = configured
  const key = typeof publicKey === 'string' ? createPublicKey(publicKey) : fromJwk(publicKey)
  const algorithm = algorithmOf(key)
  const named = typeof publicKey === 'string' ? undefined : publicKey.alg
  if (named !== undefined && named !== algorithm) throw new Error(`the token key is for ${algorithm}, not ${named}`)
  return { algorithm, key: Buffer.from(key.export({ type: 'spki', format: 'pem' })) }
}

const fromJwk = (jwk: JsonWebKey): KeyObject => {
  const { use, key_ops: operations } = jwk
  if (use !== undefined && use !== 'sig') throw new Error('the token key is not meant for signatures')
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    throw new Error('the token key is not meant for verifying')
  }
  return createPublicKey({ key: jwk, format: 'jwk' })
}

const algorithmOf = (key: KeyObject): TokenAlgorithm => {
  const details = key.asymmetricKeyDetails
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (Number(details?.modulusLength) < MIN_RSA_BITS || Number(details?.publicExponent) < 3) {
        throw new Error('the RSA token key is too weak')
      }
      return 'RS256'
    case 'ec':
      if (details?.namedCurve !== 'prime256v1') throw new Error('an EC token key must be of the curve P-256')
      return 'ES256'
    case 'ed25519':
      return 'EdDSA'
    default:
      throw new Error('a token key must be RSA, P-256 or Ed25519')
  }
}
