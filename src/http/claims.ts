import { type JsonValue, NumberLiteral } from './json.js'
import { readJson } from './json-reader.js'
import { readName } from './names.js'
import { type Claims, type Role, roles } from './principal.js'

/** Seconds by which an issuer's clock may be ahead of ours. */
const AHEAD = 5

export interface TokenRules {
  /** Must be the token's `iss`. Left out: any. */
  readonly issuer?: string
  /** Must be, or be among, the token's `aud`. Left out: any. */
  readonly audience?: string
}

export interface Lifetime {
  readonly claims: Claims
  /** Seconds since 1970; the token is good before it. */
  readonly exp: number
}

/** The claims of a token whose signature is good, or `null`. Read again with our own reader, so that no member can come twice. */
export const readClaims = (token: string, rules: TokenRules, now: number): Lifetime | null => {
  const first = token.indexOf('.')
  const last = token.lastIndexOf('.')
  if (!isCanonical(token.slice(last + 1))) return null
  const header = members(token.slice(0, first))
  const payload = members(token.slice(first + 1, last))
  if (header === null || payload === null) return null
  const kid = header.kid
  if (header.crit !== undefined || (kid !== undefined && typeof kid !== 'string')) return null
  if (!issued(payload, rules)) return null
  const exp = secondsOf(payload.exp)
  if (exp === null || exp <= now || !begun(payload.nbf, now) || !begun(payload.iat, now)) return null
  const claims = claimsOf(payload)
  return claims === null ? null : { claims, exp }
}

interface Payload {
  readonly [name: string]: JsonValue | undefined
}

/** One text per value: no stray bits at the end, which another spelling of the same token would have. */
const isCanonical = (segment: string): boolean => Buffer.from(segment, 'base64url').toString('base64url') === segment

const members = (segment: string): Payload | null => {
  if (!isCanonical(segment)) return null
  try {
    const value = readJson(Buffer.from(segment, 'base64url'))
    return isMembers(value) ? value : null
  } catch {
    return null
  }
}

const isMembers = (value: JsonValue): value is { readonly [name: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberLiteral)

const issued = (payload: Payload, { issuer, audience }: TokenRules): boolean => {
  if (issuer !== undefined && payload.iss !== issuer) return false
  const aud = payload.aud
  return audience === undefined || aud === audience || (Array.isArray(aud) && aud.includes(audience))
}

/** A NumericDate; `null` for anything else, endless ones included. */
const secondsOf = (value: JsonValue | undefined): number | null => {
  const seconds = value instanceof NumberLiteral ? Number(value.text) : Number.NaN
  return Number.isFinite(seconds) ? seconds : null
}

const begun = (value: JsonValue | undefined, now: number): boolean => {
  if (value === undefined) return true
  const seconds = secondsOf(value)
  return seconds !== null && seconds <= now + AHEAD
}

const claimsOf = (payload: Payload): Claims | null => {
  const { sub, scope = '' } = payload
  const subject = typeof sub === 'string' ? readName(sub) : null
  const named = texts(payload.roles)
  const others = texts(payload.accounts)?.map(readName)
  if (subject === null || named === null || others === undefined || typeof scope !== 'string') return null
  const accounts = others.filter((name) => name !== null)
  if (accounts.length < others.length) return null
  return {
    subject,
    roles: new Set(roles.filter((role: Role) => named.includes(role))),
    accounts: new Set(accounts),
    scopes: new Set(scope.split(' ')),
  }
}

/** A list of texts; an empty one where it is left out; `null` for anything else. */
const texts = (value: JsonValue | undefined): readonly string[] | null => {
  if (value === undefined) return []
  if (!Array.isArray(value)) return null
  const found = value.filter((item) => typeof item === 'string')
  return found.length === value.length ? found : null
}
