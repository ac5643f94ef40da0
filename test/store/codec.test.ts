import { hash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { catalogue, upcasts } from '../../events/catalogue.js'
import { defineEvent, type Upcast } from '../../events/define.js'
import type { Metadata } from '../../events/envelope.js'
import { canonical } from '../../src/store/canonical.js'
import { createDecoder } from '../../src/store/decode.js'
import { encode } from '../../src/store/encode.js'
import type { RecordedEvent } from '../../src/store/port.js'

const uuid = '0b0e7a3c-5a7e-4b6e-9c3f-0d1e2f3a4b5c'
const metadata: Metadata = {
  recordedAt: '2026-01-02T03:04:05.678Z',
  actor: 'alice',
  correlationId: 'c-1',
  causationId: uuid,
}
const fact = {
  type: 'Traded',
  data: { seller: 'bob', order: uuid, buyer: 'alice', amount: '1.50', currency: 'EUR' },
} as const

t.test('a fact is stored as canonical JSON under an id that is its own', (t) => {
  const event = encode(fact, 'account-alice', 3, metadata)
  t.equal(event.type, 'Traded.v1')
  t.equal(event.data, `{"amount":"1.50","buyer":"alice","currency":"EUR","order":"${uuid}","seller":"bob"}`)
  const hex = hash('sha256', `["account-alice",3,"Traded.v1",${event.data},${event.metadata}]`)
  t.match(event.id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.equal(event.id.replaceAll('-', '').slice(0, 12), hex.slice(0, 12))
  t.equal(event.id.slice(-16), `${hex.slice(17, 20)}-${hex.slice(20, 32)}`)
  t.same(encode({ ...fact, data: { ...fact.data } }, 'account-alice', 3, { ...metadata }), event)
  t.not(encode(fact, 'account-alice', 4, metadata).id, event.id)
  t.not(encode(fact, 'account-alicf', 3, metadata).id, event.id)
  t.not(encode(fact, 'account-alice', 3, { ...metadata, actor: 'bob' }).id, event.id)
  t.end()
})

t.test('what could not be decoded is not encoded', (t) => {
  const bad = { ...fact, data: { ...fact.data, amount: '1e9' } }
  t.throws(() => encode(bad, 's', -1, metadata), /Traded.v1: data\/amount must match pattern/)
  t.throws(() => encode(fact, 's', -1, { ...metadata, actor: 'no one' }), /metadata\/actor/)
  t.throws(() => encode({ ...fact, type: 'Gone' } as never, 's', -1, metadata), /Gone is not in the catalogue/)
  t.throws(() => encode({ ...fact, data: { ...fact.data, plan: '\ud800' } }, 's', -1, metadata), /surrogate/)
  t.end()
})

const recorded = (event: Partial<RecordedEvent>): RecordedEvent => ({
  ...encode(fact, 'account-alice', 3, metadata),
  stream: 'account-alice',
  revision: 4,
  position: 9,
  ...event,
})

t.test('what was encoded is decoded; anything else is named and thrown', (t) => {
  const decode = createDecoder(catalogue, upcasts)
  const { id } = recorded({})
  t.strictSame(decode(recorded({})), { ...fact, id, stream: 'account-alice', revision: 4, metadata })
  const quoted = { ...metadata, correlationId: 'c-"1"' }
  t.strictSame(decode(recorded(encode(fact, 'account-alice', 3, quoted))).metadata, quoted, 'also what JSON escapes')
  const undecodable: [Partial<RecordedEvent>, RegExp][] = [
    [{ type: 'Traded.v9' }, /the type is not in the catalogue/],
    [{ data: '{' }, /data is not JSON/],
    [{ data: '{}' }, /data must have required property/],
    [{ data: 'null' }, /data must be object/],
    [{ metadata: '' }, /metadata is not JSON/],
    [{ metadata: '{"__proto__":{}}' }, /metadata must/],
  ]
  for (const [change, reason] of undecodable) {
    t.throws(() => decode(recorded(change)), {
      code: 'undecodable',
      stream: 'account-alice',
      revision: 4,
      position: 9,
      storedType: change.type ?? 'Traded.v1',
      reason,
    })
  }
  t.end()
})

const named = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: { name: { type: 'string' } },
} as const
const v1 = defineEvent({ type: 'Renamed', version: 1, schema: named })
const v2 = defineEvent({
  type: 'Renamed',
  version: 2,
  schema: { ...named, required: ['name', 'by'], properties: { ...named.properties, by: { type: 'string' } } },
})
const v3 = defineEvent({
  type: 'Renamed',
  version: 3,
  schema: { ...named, required: ['names'], properties: { names: { type: 'array', items: { type: 'string' } } } },
})
const lifts: Upcast[] = [
  { from: 'Renamed.v1', to: 'Renamed.v2', apply: (data) => ({ ...data, by: 'unknown' }) },
  { from: 'Renamed.v2', to: 'Renamed.v3', apply: ({ name, by }) => ({ names: [name, by] }) },
]

t.test('an older version is lifted step by step to the newest', (t) => {
  const decode = createDecoder([v3, v1, v2], lifts)
  t.match(decode(recorded({ type: 'Renamed.v1', data: '{"name":"a"}' })), {
    type: 'Renamed',
    data: { names: ['a', 'unknown'] },
  })
  t.match(decode(recorded({ type: 'Renamed.v2', data: '{"by":"b","name":"a"}' })), { data: { names: ['a', 'b'] } })
  t.match(decode(recorded({ type: 'Renamed.v3', data: '{"names":[]}' })), { data: { names: [] } })
  t.throws(() => decode(recorded({ type: 'Renamed.v2', data: '{"name":"a"}' })), /data must have/)
  t.throws(() => createDecoder([v1, v2, v3], lifts.slice(1)), /Renamed.v1 has no upcast/)
  t.throws(
    () => createDecoder([v1, v2], [{ from: 'Renamed.v1', to: 'Renamed.v1', apply: (data) => data }]),
    /no upcast/,
  )
  t.end()
})

t.test('canonical JSON holds what JSON holds, and nothing else', (t) => {
  t.equal(canonical({ b: [true, null, -0, 1.5], a: {}, '': [] }), '{"":[],"a":{},"b":[true,null,0,1.5]}')
  for (const value of [undefined, 1n, Number.NaN, Infinity, () => 1, { a: undefined }]) {
    t.throws(() => canonical(value), TypeError)
  }
  t.end()
})

t.test('the published vectors of RFC 8785', (t) => {
  const folder = join(process.env.COUNTERFOIL_VECTORS ?? '../shared/vectors', 'jcs')
  if (!existsSync(folder)) {
    t.not(process.env.CI, 'true', `no vectors in ${folder}`)
    t.comment(`left out: no vectors in ${folder}`)
    return t.end()
  }
  const lines = (name: string): string[] => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
  for (const { input, output, outputSha256 } of lines('documents.jsonl').map((line) => JSON.parse(line))) {
    t.equal(canonical(JSON.parse(input)), output)
    t.equal(hash('sha256', output), outputSha256)
  }
  for (const name of ['numbers-1000.csv', 'numbers-random-600.csv']) {
    const wrong = lines(name).filter((line) => {
      const [hex = '', expected] = line.split(',')
      return canonical(Buffer.from(hex.padStart(16, '0'), 'hex').readDoubleBE()) !== expected
    })
    t.same(wrong, [], name)
  }
  const duplicate = /duplicate/
  for (const { case: name, inputEscaped } of lines('must-fail.jsonl').map((line) => JSON.parse(line))) {
    // A parser has dropped one of two equal names before we see them: the HTTP edge must refuse those itself.
    if (!duplicate.test(name)) t.throws(() => canonical(JSON.parse(inputEscaped)), TypeError, name)
  }
  t.end()
})
