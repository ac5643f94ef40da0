import { randomBytes } from 'node:crypto'
import t from 'tap'
import { NONCE_BYTES, openText, sealText } from '../../src/http/person-cipher.js'
import { idOf } from '../support/books.js'
import { fc } from '../support/fast-check.js'
import { runs, seed } from '../support/secrets.js'

const place = { account: 'ann', field: 'billing-address', personKey: idOf(1) }
const key = Buffer.alloc(32, 1)
const nonce = Buffer.alloc(NONCE_BYTES, 2)

t.test('the form of what is sealed, for ever', async (t) => {
  t.equal(sealText('hi', place, key, nonce), 'AQICAgICAgICAgICAm-_moGW0gJltDSZD03xu2j6yA')
})

t.test('what is sealed opens in its own place under its own key alone', async (t) => {
  const text = fc.string({ unit: 'grapheme', maxLength: 300 })
  const property = fc.property(text, (text) => {
    const sealed = sealText(text, place, key, randomBytes(NONCE_BYTES))
    t.equal(openText(sealed, place, key), text)
    for (const other of [{ account: 'bob' }, { field: 'device-name' }, { personKey: idOf(2) }])
      if (openText(sealed, { ...place, ...other }, key) !== null) throw new Error(`opens in ${JSON.stringify(other)}`)
    if (openText(sealed, place, Buffer.alloc(32, 2)) !== null) throw new Error('opens under another key')
  })
  fc.assert(property, { seed, numRuns: runs })
  t.comment(`${runs} texts, COUNTERFOIL_SEED=${seed}`)
})

t.test('what was changed or cut does not open', async (t) => {
  const bytes = Buffer.from(sealText('Somewhere 1', place, key, nonce), 'base64url')
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes)
    changed.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    t.equal(openText(changed.toString('base64url'), place, key), null, `byte ${at}`)
    t.equal(openText(bytes.subarray(0, at).toString('base64url'), place, key), null, `cut at ${at}`)
  }
  t.equal(openText('', place, key), null)
})
