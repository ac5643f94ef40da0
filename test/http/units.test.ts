import t from 'tap'
import { createMac } from '../../src/commands/mac.js'
import { readClaims } from '../../src/http/claims.js'
import { Fields } from '../../src/http/fields.js'
import { idempotencyOf } from '../../src/http/idempotency.js'
import { secret } from './world.js'

t.test('a field that a schema let through in another type is a fault of ours, not of the client', async (t) => {
  const fields = new Fields({ list: 5, name: 'no/name', flag: true })
  t.throws(() => fields.text('flag'), TypeError)
  t.throws(() => fields.text('toString'), TypeError, 'what every object has is no field')
  t.throws(() => fields.name('name'), TypeError)
  t.throws(() => fields.list('list'), TypeError)
})

t.test('query and body are part of a fingerprint, and may be left out', async (t) => {
  const print = (url: string, body: string | undefined) =>
    idempotencyOf(createMac(secret), 'k', { method: 'POST', url, body })?.fingerprint
  const all = [print('/a', undefined), print('/a?b', undefined), print('/a', ''), print('/a/?b', 'x')]
  t.equal(new Set(all).size, 4)
  t.equal(print('/a/', undefined), all[0])
  t.equal(print('/a/?b', undefined), all[1])
  t.equal(print('/a?minPosition=x', undefined), all[0])
  t.equal(print('/a?minPosition=x&b', undefined), all[1])
})

t.test('a header or payload that is no object has no claims', async (t) => {
  const encode = (text: string) => Buffer.from(text).toString('base64url')
  for (const [head, payload] of [
    ['{}', '[]'],
    ['[]', '{}'],
    ['5', '{}'],
    ['{}', 'null'],
    ['{}', '{'],
  ] as const) {
    t.equal(readClaims(`${encode(head)}.${encode(payload)}.AA`, {}, 0), null)
  }
  t.equal(readClaims('e30.e30.AB', {}, 0), null, 'stray bits at the end of a signature')
  t.equal(readClaims('e31.e30.AA', {}, 0), null, 'stray bits at the end of a header')
})
