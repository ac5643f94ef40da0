import { createHmac, generateKeyPairSync } from 'node:crypto'
import { createRequire } from 'node:module'
import t from 'tap'
import { createAuthenticate, signToken } from '../../src/http/auth.js'
import type { TokenRules } from '../../src/http/claims.js'
import { type TokenKey, verificationKey } from '../../src/http/token-key.js'
import { LEFT_OUT, vectorLines } from './vectors.js'
import { bearer, NOW, secret } from './world.js'

const withKey = (key: TokenKey, rules: TokenRules & { clock?: () => number; selfRecharge?: boolean } = {}) =>
  createAuthenticate({ key, selfRecharge: false, clock: () => NOW, ...rules })

const rules = { issuer: 'https://issuer.example', audience: 'counterfoil' }

const keysOf = (text: string) => {
  const keys = JSON.parse(text)
  return new Map<string, TokenKey>([
    ['HS256', { secret: Buffer.from(keys['hs-1'].k, 'base64url') }],
    ['RS256', { publicKey: keys['rs-1'] }],
    ['ES256', { publicKey: keys.ecPem }],
    ['EdDSA', { publicKey: keys['ed-1'] }],
  ])
}

/** Refusals that the vectors mark as optional: there is one key, so `kid` chooses nothing and is not looked at. */
const takenOnPurpose = new Set(['unknown kid, good HMAC', 'kid of the RSA key, HMAC of the HS key'])

const admits = (call: () => { admin: boolean }): boolean => {
  try {
    return call().admin
  } catch {
    return false
  }
}

const differs = new Map([
  ['emptyPayload', { taken: false, why: 'a token has claims' }],
  ['InvalidCharacterInsertedInHeader', { taken: false, why: 'only base64url is read' }],
  ['InvalidCharacterInsertedInPayload', { taken: false, why: 'only base64url is read' }],
  ['invalidBase64Padding', { taken: true, why: 'as published, its text has no padding at all' }],
  ['invalidBase64PaddingInPayload', { taken: true, why: 'as published, its text has no padding at all' }],
])

const holds = (check: () => boolean): boolean => {
  try {
    return check()
  } catch {
    return false
  }
}

const algOf = (header: string): unknown => {
  try {
    return JSON.parse(Buffer.from(header, 'base64url').toString()).alg
  } catch {
    return undefined
  }
}

const keyFrom = (jwk: { kty?: string; k?: string; alg?: string }) => {
  try {
    if (jwk.kty !== 'oct') return verificationKey({ publicKey: jwk })
    return jwk.alg === 'HS256' ? verificationKey({ secret: Buffer.from(jwk.k ?? '', 'base64url') }) : null
  } catch {
    return null
  }
}

t.test('the made attack tokens are refused, under each key, and the good ones are taken', async (t) => {
  const lines = vectorLines('jwt/attack-tokens.jsonl')
  const keys = keysOf(vectorLines('jwt/attack-keys.json')?.join('\n') ?? '{"hs-1":{"k":""}}')
  if (lines === null) {
    t.pass(LEFT_OUT)
    return
  }
  for (const line of lines) {
    const { case: name, token, expect, needs } = JSON.parse(line)
    const key = keys.get(needs ?? 'HS256')
    if (key === undefined) throw new Error(`no key ${needs}`)
    for (const [alg, other] of keys) {
      const authenticate = withKey(other, rules)
      for (const header of [token, `Bearer ${token}`, `bearer  ${token}`]) {
        const call = () => authenticate(header)
        if (other === key && (expect === 'accept' || takenOnPurpose.has(name))) t.equal(call().subject, 'alice', name)
        else if (other === key && expect === 'no-admin') t.notOk(admits(call), name)
        else t.throws(call, { code: 'unauthorized' }, `${name} (${alg})`)
      }
    }
  }
})

/** Valid signatures that are not tokens of ours: none of their payloads is a JSON object with claims. */
t.test("Wycheproof's signatures: what is invalid is refused, by our keys or by the check we use", async (t) => {
  const lines = vectorLines('jwt/wycheproof-jws.jsonl')
  const keys = JSON.parse(vectorLines('jwt/wycheproof-keys.json')?.join('\n') ?? '{}')
  if (lines === null) {
    t.pass(LEFT_OUT)
    return
  }
  const require = createRequire(import.meta.url)
  const { verifySignature } = require('fast-jwt/src/crypto.js')
  let held = 0
  for (const line of lines) {
    const { group, tcId, case: name, jws, result, file } = JSON.parse(line)
    if (typeof jws !== 'string') continue
    t.throws(() => withKey({ secret }).call(null, jws), { code: 'unauthorized' })
    const signed = keyFrom(keys[group])
    if (signed === null) {
      held += result === 'valid' ? 1 : 0
      continue
    }
    const [header = '', payload = '', signature = '', ...rest] = jws.split('.')
    const canonical = (part: string) => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part
    const known = rest.length === 0 && [header, payload, signature].every(canonical)
    const named = known ? algOf(header) === signed.algorithm : false
    const ours = named && holds(() => verifySignature(signed.algorithm, signed.key, `${header}.${payload}`, signature))
    const label = `${file} ${tcId} ${name}`
    const difference = differs.get(name)
    if (difference !== undefined) t.equal(ours, difference.taken, `${label}: ${difference.why}`)
    else t.equal(ours, result === 'valid', label)
  }
  t.comment(`${held} valid cases under keys that we do not take`)
})

t.test('only keys that are strong enough and meant for it are taken', async (t) => {
  t.throws(() => verificationKey({ secret: Buffer.alloc(31) }), /32 bytes/)
  const jwk = (type: 'rsa' | 'ec' | 'ed25519' | 'x25519', options: object = {}) =>
    // The overloads of Node's types know each kind by a literal.
    generateKeyPairSync(type as 'ec', options as { namedCurve: string }).publicKey.export({ format: 'jwk' })
  t.throws(() => verificationKey({ publicKey: jwk('rsa', { modulusLength: 1024 }) }), /too weak/)
  t.throws(() => verificationKey({ publicKey: jwk('ec', { namedCurve: 'P-384' }) }), /P-256/)
  t.throws(() => verificationKey({ publicKey: jwk('x25519') }), /must be RSA/)
  const good = jwk('ed25519')
  t.equal(verificationKey({ publicKey: { ...good, alg: 'EdDSA', use: 'sig', key_ops: ['verify'] } }).algorithm, 'EdDSA')
  t.throws(() => verificationKey({ publicKey: { ...good, alg: 'ES256' } }), /not ES256/)
  t.throws(() => verificationKey({ publicKey: { ...good, use: 'enc' } }), /not meant for signatures/)
  t.throws(() => verificationKey({ publicKey: { ...good, key_ops: ['sign'] } }), /not meant for verifying/)
  t.throws(() => verificationKey({ publicKey: { ...good, key_ops: 'verify' } }), /not meant for verifying/)
})

t.test('who asks: names in NFC, roles we know, accounts and scopes', async (t) => {
  const claims = { roles: ['auditor', 'root'], accounts: ['shop'], scope: 'withdraw x' }
  const caller = withKey({ secret })(bearer('zoe\u0308', claims))
  t.equal(caller.subject, 'zoë')
  t.strictSame([caller.acts('zoë'), caller.acts('shop'), caller.acts('alice')], [true, true, false])
  t.strictSame([caller.may('withdraw'), caller.may('recharge')], [true, false])
  t.strictSame([caller.admin, caller.reads('alice')], [false, true])
  t.equal(withKey({ secret }, { selfRecharge: true })(bearer('alice')).may('recharge'), true)
  t.equal(withKey({ secret })(bearer('alice')).reads('bob'), false)
  t.equal(withKey({ secret })(bearer('bob', { roles: ['finance'] })).reads('alice'), true)
})

t.test('claims of the wrong type are refused', async (t) => {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const sign = (claims: object) => {
    const input = `${encode({ alg: 'HS256' })}.${encode(claims)}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  }
  const good = { sub: 'alice', exp: NOW / 1000 + 5 }
  const authenticate = withKey({ secret })
  t.equal(authenticate(sign(good)).subject, 'alice')
  const bad = [
    { roles: 'admin' },
    { roles: [1] },
    { accounts: 'bob' },
    { accounts: ['no/name'] },
    { scope: ['recharge'] },
    { exp: NOW / 1000 },
    { nbf: NOW / 1000 + 6 },
    { iat: NOW / 1000 + 6 },
    { iat: 'now' },
  ]
  for (const claim of bad) {
    t.throws(() => authenticate(sign({ ...good, ...claim })), { code: 'unauthorized' }, JSON.stringify(claim))
  }
  t.ok(authenticate(sign({ ...good, nbf: NOW / 1000 + 5, iat: NOW / 1000 + 5 })), 'a little ahead is taken')
  t.throws(() => authenticate(undefined), { code: 'unauthorized' })
  t.throws(() => authenticate('x'.repeat(9000)), { code: 'unauthorized' })
})

t.test('a token that was known ends in time, and the memory of tokens is bounded', async (t) => {
  let now = NOW
  const authenticate = withKey({ secret }, { clock: () => now })
  const token = bearer('alice')
  const first = authenticate(token)
  t.equal(authenticate(token), first, 'known')
  const others = (letter: string, characters: number): void => {
    for (let [index, kept] = [0, 0]; kept < characters; index++) {
      const other = bearer(`${letter}${index}`)
      kept += other.length
      authenticate(other)
    }
  }
  others('b', 2_000_000)
  t.equal(authenticate(token), first, 'still known, from the older generation')
  others('c', 4_010_000)
  t.not(authenticate(token), first, 'forgotten and checked again')
  const long = bearer('alice', { scope: 'x'.repeat(3000) })
  t.not(authenticate(long), authenticate(long), 'a long token is not kept')
  now += 600_000
  t.throws(() => authenticate(token), { code: 'unauthorized' })
})

t.test('a token of the command line is good for the server it was made for', async (t) => {
  const token = signToken({ secret, subject: 'alice', issuedAt: NOW / 1000, expiresAt: NOW / 1000 + 1, ...rules })
  t.equal(withKey({ secret }, rules)(token).subject, 'alice')
  t.throws(() => withKey({ secret }, { ...rules, audience: 'other' })(token))
})
