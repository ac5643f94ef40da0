import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { batch, currency, date, deviceId, instant, method, shownId, uuid } from '../../events/parts.js'
import { RequestRefused } from './errors.js'
import { NumberLiteral } from './json.js'
import { readName } from './names.js'

/** A schema of a body, of query or of path parameters. Unknown fields are refused. */
export interface Schema {
  readonly type: 'object'
  readonly additionalProperties: false
  readonly required?: readonly string[]
  readonly properties: Readonly<Record<string, object>>
}

/** The first fields are required, the others may be left out. */
export const fields = (required: Schema['properties'], optional: Schema['properties'] = {}): Schema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(required),
  properties: { ...required, ...optional },
})

/** The pieces that our schemas share, besides those of events. */
export const named = { accountName: true } as const
/** Decimal text, with a sign or not; the rules judge the rest. */
export const decimalText = { decimal: 'text' } as const
/** The same, or a number literal. */
export const decimal = { decimal: 'any' } as const
/** An order or a recharge: our id, or the number of the event that opened it. As a number literal too where `any`. */
export const reference = { reference: 'text' } as const
export const anyReference = { reference: 'any' } as const
/** Of a list in pages: 1 to 1,000. */
export const limit = { type: 'string', maxLength: 4, pattern: '^(?:[1-9][0-9]{0,2}|1000)$' } as const
/** Of one of which each row costs more: 1 to 100. */
export const shortLimit = { type: 'string', maxLength: 4, pattern: '^(?:[1-9][0-9]?|100)$' } as const
export const cursor = { type: 'string', maxLength: 64 } as const
/** Characters that can be seen, of ASCII: what another program has made. */
export const visible = (most: number) => ({ type: 'string', maxLength: most, pattern: '^[\\x21-\\x7e]+$' }) as const
/** A whole number, as a number literal, within these bounds. */
export const whole = (least: number, most: number) => ({ whole: [least, most] })
/** Free text of a person or another system, at most so long: not blanks alone, and no control characters, which would lie in the log for ever. */
export const oneLine = (most: number) =>
  ({ type: 'string', maxLength: most, pattern: '^(?=\\s*\\S)\\P{Cc}*$' }) as const
/** The same, where tabs and line breaks are meant too. */
export const someLines = (most: number) =>
  ({ type: 'string', maxLength: most, pattern: '^(?=\\s*\\S)(?:[\\t\\n]|\\r\\n|\\P{Cc})*$' }) as const
/** What most free texts are. */
export const text = oneLine(256)
/** A text, or a whole number as a number literal, which counts as its text. */
export const textOrNumber = { anyOf: [text, whole(0, 999_999_999_999_999)] } as const
/** A subscription: our id, or the 24 hex digits that the subscriptions API shows. */
export const subscriptionId = {
  type: 'string',
  maxLength: 36,
  pattern: '^(?:[0-9a-f]{24}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$',
} as const
/** The same, or `null`: there is none. */
export const orNull = (schema: object) => ({ if: { enum: [null] }, else: schema })
/** Of text: a blank one says so too. */
export const orBlank = (schema: object) => ({ if: { enum: [null, ''] }, else: schema })
/** Of text: a blank one alone says so. */
export const orEmpty = (schema: object) => ({ if: { enum: [''] }, else: schema })
/** Of TCP, as text or as a number literal. */
export const port = { port: true } as const
/** One of these words; a number literal counts as its text. */
export const word = (...words: readonly string[]) => ({ word: words })

const DECIMAL = /^-?(?:0|[1-9][0-9]{0,23})(?:\.[0-9]{1,36})?$/
const MAX_DECIMAL = 62
const WHOLE = /^(?:0|[1-9][0-9]{0,14})$/
const REFERENCE = /^(?:0|[1-9][0-9]{0,15}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/
const MAX_REFERENCE = 36
const PORT = /^(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/

type Form = 'text' | 'any'

const written = (form: Form, value: unknown): string => {
  if (typeof value === 'string') return value
  return form === 'any' && value instanceof NumberLiteral ? value.text : ''
}

/** One compiler for everything that comes in. It coerces nothing, removes nothing, fills in nothing, and stops at the first fault. */
export const createSchemaCompiler = (): Ajv => {
  const ajv = new Ajv({
    allErrors: false,
    coerceTypes: false,
    removeAdditional: false,
    useDefaults: false,
    strict: true,
    // Ours are valid schemas, as a test sees to; to check them at each start takes long.
    meta: false,
    validateSchema: false,
    // An error says what schema it is of.
    verbose: true,
  })
  ajv.addKeyword({
    keyword: 'accountName',
    schemaType: 'boolean',
    errors: false,
    validate: (_: true, value: unknown) => typeof value === 'string' && readName(value) !== null,
  })
  ajv.addKeyword({
    keyword: 'decimal',
    schemaType: 'string',
    errors: false,
    validate: (form: Form, value: unknown) => {
      const decimal = written(form, value)
      return decimal.length <= MAX_DECIMAL && DECIMAL.test(decimal)
    },
  })
  ajv.addKeyword({
    keyword: 'reference',
    schemaType: 'string',
    errors: false,
    validate: (form: Form, value: unknown) => {
      const reference = written(form, value)
      return reference.length <= MAX_REFERENCE && REFERENCE.test(reference)
    },
  })
  ajv.addKeyword({
    keyword: 'whole',
    schemaType: 'array',
    errors: false,
    validate: ([least, most]: readonly [number, number], value: unknown) => {
      if (!(value instanceof NumberLiteral) || !WHOLE.test(value.text)) return false
      const number = Number(value.text)
      return number >= least && number <= most
    },
  })
  ajv.addKeyword({
    keyword: 'port',
    schemaType: 'boolean',
    errors: false,
    validate: (_: true, value: unknown) => PORT.test(written('any', value)),
  })
  ajv.addKeyword({
    keyword: 'word',
    schemaType: 'array',
    errors: false,
    validate: (words: readonly string[], value: unknown) => words.includes(written('any', value)),
  })
  return ajv
}

/** Throws `RequestRefused` on what does not fit. */
export type Check = (value: unknown) => void

/** `part` is what a person calls it: body, query or path. Compiled at the first use: all schemas together hold up a start for long. */
export const createCheck = (ajv: Ajv, schema: Schema, part: string): Check => {
  let validate: ValidateFunction | null = null
  return (value) => {
    validate ??= ajv.compile(schema)
    if (!validate(value)) throw refusalOf(validate.errors?.[0], part)
  }
}

const expected: Readonly<Record<string, string>> = {
  accountName: 'a name or an id was expected: letters and digits, then also . _ @ + -, at most 64',
  reference: 'an order id or number was expected',
  whole: 'a whole number within the documented bounds was expected',
  port: 'a port from 1 to 65535 was expected',
  word: 'one of the documented values was expected',
  additionalProperties: 'a field that is not known here',
}

/** What a text must look like, by the pattern that asks for it, which nobody is shown. */
const forms: ReadonlyMap<string, string> = new Map([
  [uuid.pattern, 'an id was expected: a UUID in lower case'],
  [shownId.pattern, 'an id was expected: 24 hex digits in lower case'],
  [subscriptionId.pattern, 'the id of a subscription was expected: 24 hex digits, or a UUID, in lower case'],
  [limit.pattern, 'a whole number from 1 to 1000 was expected'],
  [shortLimit.pattern, 'a whole number from 1 to 100 was expected'],
  [visible(1).pattern, 'visible ASCII characters were expected, up to the documented length'],
  [
    oneLine(1).pattern,
    'text was expected: one line without control characters, not blanks alone, up to the documented length',
  ],
  [
    someLines(1).pattern,
    'text was expected: without control characters but tabs and line breaks, not blanks alone, up to the documented length',
  ],
  [date.pattern, 'a date was expected: YYYY-MM-DD'],
  [instant.pattern, 'an instant in UTC was expected: YYYY-MM-DDTHH:MM:SS.mmmZ'],
  [currency.pattern, 'a currency was expected: three capital letters such as EUR'],
  [method.pattern, 'a word was expected: small letters and digits, then also _ -, at most 32'],
  [batch.pattern, 'the name of a batch was expected: letters and digits, then also . _ -, at most 40'],
  [deviceId.pattern, 'the id of a device was expected: letters and digits, then also . _ : -, at most 64'],
])

const refusalOf = (fault: ErrorObject | undefined, part: string): RequestRefused => {
  const where = `${part}${fault?.instancePath}`
  const keyword = String(fault?.keyword)
  if (keyword === 'decimal') {
    const any = fault?.schema === 'any'
    const words = any ? 'a decimal such as 12.50 was expected' : 'a string with a decimal was expected, such as "12.50"'
    return new RequestRefused('invalid_amount', `${where}: ${words}`)
  }
  const unknown = keyword === 'additionalProperties' ? `: ${String(fault?.params.additionalProperty).slice(0, 64)}` : ''
  const words = expected[keyword] ?? forms.get(String(fault?.parentSchema?.pattern)) ?? fault?.message
  return new RequestRefused('invalid_request', `${where}: ${words}${unknown}`)
}
