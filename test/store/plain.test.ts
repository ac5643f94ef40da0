import t from 'tap'
import { catalogue } from '../../events/catalogue.js'
import type { ObjectSchema } from '../../events/define.js'
import { metadataSchema } from '../../events/envelope.js'
import { accountName } from '../../events/parts.js'
import { canonical } from '../../src/store/canonical.js'
import { plainForm } from '../../src/store/plain.js'
import { createSchemas } from '../../src/store/schemas.js'
import { fc } from '../support/fast-check.js'
import { check } from '../support/random.js'

/** A text that a schema allows, or nearly, with what JSON escapes among it. */
const nearly = (allowed: fc.Arbitrary<string>) => {
  const spoilt = fc
    .tuple(allowed, fc.nat(60), fc.constantFrom('"', '\\', ',', '":"', '\u0000', '\n', '\u{1f600}', '0', 'a'))
    .map(([text, at, more]) => [...text].toSpliced(at, 0, more).join(''))
  return fc.oneof({ weight: 12, arbitrary: allowed }, { weight: 1, arbitrary: spoilt })
}

const patternOf = (schema: unknown): string | null => {
  if (typeof schema !== 'object' || schema === null) return null
  if ('anyOf' in schema && Array.isArray(schema.anyOf)) return patternOf(schema.anyOf[0])
  return 'pattern' in schema && typeof schema.pattern === 'string' ? schema.pattern : null
}

const anyText = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
  fc.string({ minLength: 255, maxLength: 257, unit: 'grapheme' }),
)

const memberOf = (schema: unknown): fc.Arbitrary<string> => {
  const pattern = patternOf(schema)
  return nearly(pattern === null ? anyText : fc.stringMatching(new RegExp(pattern, 'u')))
}

/** Texts of objects, often invalid; some with members joined as text, so that names may come twice and values may hold quotes. */
const textsOf = ({ properties, required }: Pick<ObjectSchema, 'properties' | 'required'>) => {
  const members = Object.entries(properties).map(([name, schema]) => [name, memberOf(schema)] as const)
  const whole = fc.record(Object.fromEntries(members), { requiredKeys: [...required] })
  const joined = fc.tuple(...members.map(([, value]) => fc.option(value)), fc.option(memberOf({}))).map((values) => {
    const names = [...members.map(([name]) => name), 'key'].map((name, index) => [name, values[index]] as const)
    const there = names.filter(([, value]) => typeof value === 'string').sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${there.map(([name, value]) => `"${name}":"${value}"`).join(',')}}`
  })
  return fc.oneof(
    whole.map((value) =>
      JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))),
    ),
    joined,
  )
}

/** Objects, often invalid: with members missing, unknown, undefined, or of another type. */
const objectsOf = ({ properties, required }: Pick<ObjectSchema, 'properties' | 'required'>) => {
  const odd = fc.constantFrom(undefined, null, 1, '', '"', '\ud800', ['a'])
  const members = Object.entries(properties).map(
    ([name, schema]) =>
      [name, fc.oneof({ weight: 40, arbitrary: memberOf(schema) }, { weight: 1, arbitrary: odd })] as const,
  )
  const whole = fc.record(Object.fromEntries(members), { requiredKeys: [...required] })
  const spoilt = fc.record({ ...Object.fromEntries(members), more: odd }, { requiredKeys: [] })
  return fc.oneof({ weight: 9, arbitrary: whole }, { weight: 1, arbitrary: spoilt })
}

const canonicalOf = (value: unknown): string | null => {
  try {
    return canonical(value)
  } catch {
    return null
  }
}

const { data, metadata } = createSchemas()
const schemas = [
  { name: 'metadata', schema: metadataSchema, valid: metadata },
  ...catalogue.map((one) => ({ name: one.storedType, schema: one.schema, valid: data(one) })),
]

/** What most of a log consists of: were these not plain, nothing would be gained. */
const OFTEN = ['metadata', 'AccountOpened.v1', 'Recharged.v1', 'Traded.v1', 'TradeAuthorized.v1']

for (const { name, schema, valid } of schemas) {
  t.test(`${name}: what looks plain is valid by the schema, and is read as JSON reads it`, async (t) => {
    const form = plainForm(schema)
    let plain = 0
    const property = fc.property(textsOf(schema), (text) => {
      const read = form.read(text)
      if (form.test(text) !== (read !== null)) return false
      if (read === null) return true
      plain += 1
      const value = JSON.parse(text)
      return valid?.(value) === true && canonical(read) === canonical(value) && canonical(value) === text
    })
    check(t, property, 500)
    t.ok(plain > 0 || !OFTEN.includes(name), `${plain} are plain`)
  })
}

for (const { name, schema } of schemas) {
  t.test(`${name}: an object is written as plain just where its canonical text is`, async (t) => {
    const form = plainForm(schema)
    let plain = 0
    const property = fc.property(objectsOf(schema), (object) => {
      const text = canonicalOf(object)
      const expected = text !== null && form.test(text) ? text : null
      if (expected !== null) plain += 1
      return form.write(object) === expected
    })
    check(t, property, 300)
    t.ok(plain > 0 || !OFTEN.includes(name), `${plain} are plain`)
  })
}

t.test(
  'nothing is plain where a member is not known, or the first may be left out: its comma would stay',
  async (t) => {
    const required = ['account']
    t.strictSame(plainForm({ properties: { account: accountName }, required }).read('{"account":"ann"}'), {
      account: 'ann',
    })
    t.equal(plainForm({ properties: { account: { type: 'string' } }, required }).read('{"account":"ann"}'), null)
    t.equal(plainForm({ properties: { account: { type: 'string' } }, required }).write({ account: 'ann' }), null)
    t.equal(plainForm({ properties: { account: accountName }, required: [] }).read('{"account":"ann"}'), null)
  },
)
