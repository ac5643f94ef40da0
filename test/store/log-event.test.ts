import t from 'tap'
import { AccountFrozen } from '../../events/account-frozen.v1.js'
import { catalogue, upcasts } from '../../events/catalogue.js'
import { canonical } from '../../src/store/canonical.js'
import { createDecoder } from '../../src/store/decode.js'
import { createSchemas } from '../../src/store/schemas.js'

const decode = createDecoder(catalogue, upcasts)
const uuid = '0b0e7a3c-5a7e-4b6e-9c3f-0d1e2f3a4b5c'
const metadata = { recordedAt: '2026-01-02T03:04:05.678Z', actor: 'alice', correlationId: 'c-1', causationId: uuid }
const stored = {
  id: uuid,
  type: 'AccountFrozen.v1',
  data: '{"account":"alice","reason":"r"}',
  metadata: canonical(metadata),
  stream: 'account-alice',
  revision: 4,
  position: 9,
}

t.test('with its number an event is what it is without, and its metadata is made once', async (t) => {
  const event = decode(stored, 17)
  const { type, data, id, stream, revision } = decode(stored)
  t.strictSame(
    [event.type, event.data, event.id, event.stream, event.revision, event.leaf],
    [type, data, id, stream, revision, 17],
  )
  t.strictSame(event.metadata, metadata)
  t.equal(event.metadata, event.metadata)
})

t.test('metadata is checked before anybody reads it, whatever its form', async (t) => {
  const spaced = JSON.stringify({ ...metadata, key: 'trade "quoted\\key"' }, null, 1)
  t.strictSame(decode({ ...stored, metadata: spaced }, 0).metadata.key, 'trade "quoted\\key"')
  for (const bad of ['{', '{}', canonical({ ...metadata, actor: 'no one' }), canonical({ ...metadata, more: 'x' })])
    t.throws(() => decode({ ...stored, metadata: bad }, 0), { code: 'undecodable', position: 9, reason: /^metadata/ })
})

t.test('a text is as long as it has characters, not units', async (t) => {
  const frozen = createSchemas().data(AccountFrozen)
  const reason = (length: number) => frozen({ account: 'alice', reason: '\u{1f600}'.repeat(length) })
  t.strictSame([reason(0), reason(1), reason(256), reason(257)], [false, true, true, false])
  t.match(frozen.errors, [{ instancePath: '/reason', message: 'must NOT have more than 256 characters' }])
})
