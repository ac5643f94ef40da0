import t from 'tap'
import { type JsonValue, NumberLiteral, numberOf, writeJson, writeSorted } from '../../src/http/json.js'
import { InvalidJson, readJson, readJsonText } from '../../src/http/json-reader.js'
import { fc } from '../support/fast-check.js'
import { LEFT_OUT, vectorLines } from './vectors.js'

const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2 ** 31)
const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? 300)

const taken = (bytes: Uint8Array): boolean => {
  try {
    readJson(bytes)
    return true
  } catch (error) {
    if (error instanceof InvalidJson) return false
    throw error
  }
}

/** Legal JSON that we refuse on purpose. */
const refusedOnPurpose = new Map([
  ['y_object_duplicated_key', 'the same name twice'],
  ['y_object_duplicated_key_and_value', 'the same name twice'],
])

t.test('the published cases of hostile JSON are read or refused as they should', async (t) => {
  const lines = vectorLines('hostile-input/json-test-suite.jsonl')
  if (lines === null) {
    t.pass(LEFT_OUT)
    return
  }
  for (const line of lines) {
    const { name, expect, bytesB64 } = JSON.parse(line)
    const ours = taken(Buffer.from(bytesB64, 'base64'))
    if (refusedOnPurpose.has(name)) t.equal(ours, false, `${name}: ${refusedOnPurpose.get(name)}`)
    else if (expect === 'either') t.type(ours, 'boolean', name)
    else t.equal(ours, expect === 'accept', name)
  }
})

t.test('the two big cases are refused', async (t) => {
  t.notOk(taken(Buffer.from('['.repeat(100_000))))
  t.notOk(taken(Buffer.from(`${'[{"":'.repeat(50_000)}\n`)))
})

t.test('what is refused says why', async (t) => {
  const cases: Readonly<Record<string, RegExp>> = {
    '{"a":1,"a":2}': /twice/,
    '{"__proto__":{"admin":true}}': /__proto__/,
    '{"\\u005f_proto__":1}': /__proto__/,
    '\ufeff{}': /a value was expected/,
    '"\\ud800"': /half of a surrogate/,
    '"\\ud800\\u0041"': /half of a surrogate/,
    '"\\udc00"': /half of a surrogate/,
    '"\\ud800\\uzzzz"': /hexadecimal/,
    '"\\x"': /escape/,
    '"\u0001"': /control/,
    '"open': /closed/,
    '{"a" 1}': /colon/,
    '{a:1}': /name/,
    '[1 2]': /comma/,
    nul: /value/,
    '1 1': /more text/,
    [`${'['.repeat(33)}${']'.repeat(33)}`]: /deeper than 32/,
  }
  for (const [text, why] of Object.entries(cases)) t.throws(() => readJsonText(text), { message: why }, text)
  t.throws(() => readJson(Buffer.from([0x22, 0xff, 0x22])), /UTF-8/)
  t.ok(taken(Buffer.from(`${'['.repeat(32)}${']'.repeat(32)}`)))
})

t.test('members named like those of Object.prototype are only members', async (t) => {
  const value = readJsonText('{"constructor":{"prototype":{"x":1}},"toString":"y"}')
  t.equal(writeJson(value), '{"constructor":{"prototype":{"x":1}},"toString":"y"}')
  t.notOk('x' in {})
})

const plain = (value: JsonValue): unknown => JSON.parse(writeJson(value))

t.test(`reads as JSON.parse does, and writes what it read (seed ${seed})`, async (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: 'small' }), fc.boolean(), (value, spaced) => {
      const text = JSON.stringify(value, null, spaced ? 2 : 0)
      if (text.includes('__proto__') || /\\ud[89a-f]/.test(text)) return
      const read = readJson(Buffer.from(text))
      t.strictSame(plain(read), JSON.parse(text))
      t.strictSame(JSON.parse(writeSorted(read)), JSON.parse(text))
    }),
    { seed, numRuns },
  )
})

t.test('texts and names are written as JSON.stringify writes them, whatever they hold', async (t) => {
  const wrong: number[] = []
  for (let unit = 0; unit <= 0xffff; unit += 1) {
    const text = `a${String.fromCharCode(unit)}`
    if (writeJson({ [text]: text }) !== JSON.stringify({ [text]: text })) wrong.push(unit)
  }
  t.same(wrong, [])
})

t.test('numbers keep their text, and the order of names does not matter to the sorted form', async (t) => {
  t.equal(
    writeJson(readJsonText(' { "b" : 1.500e3 , "a" : [ -0 , true , null , "\\u00e9\\ud83d\\ude00\\n\\/" ] } ')),
    '{"b":1.500e3,"a":[-0,true,null,"é😀\\n/"]}',
  )
  t.equal(writeSorted(readJsonText('{"b":1,"a":{"d":2,"c":3}}')), '{"a":{"c":3,"d":2},"b":1}')
  t.equal(writeJson({ a: undefined, b: 5, c: new NumberLiteral('1e400') }), '{"b":5,"c":1e400}')
})

t.test('money goes out without trailing zeros, whatever its size', async (t) => {
  const cases = { '1000.00': '1000', '0.50': '0.5', '0.00': '0', '100': '100', '-12.340': '-12.34', '1000': '1000' }
  for (const [text, written] of Object.entries(cases)) t.equal(numberOf(text).text, written)
  t.equal(numberOf('12345678901234567890.10').text, '12345678901234567890.1')
})
