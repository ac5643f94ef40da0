import { createHmac } from 'node:crypto'
import t from 'tap'
import { createMac } from '../../src/commands/mac.js'
import { fc } from '../support/fast-check.js'

t.test('a MAC is the HMAC-SHA-256 of the text', (t) => {
  const seed = Number(process.env.COUNTERFOIL_SEED ?? Math.floor(Math.random() * 2 ** 31))
  t.comment(`seed ${seed}`)
  const keys = fc.uint8Array({ minLength: 1, maxLength: 200, size: 'max' })
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 1500, size: 'max' }), { minLength: 1, maxLength: 5 })
  const same = fc.property(keys, texts, (key, all) => {
    const mac = createMac(key)
    for (const text of all) t.equal(mac(text, 'hex'), createHmac('sha256', key).update(text).digest('hex'))
  })
  fc.assert(same, { seed, numRuns: Number(process.env.COUNTERFOIL_RUNS ?? 200) })
  t.end()
})
