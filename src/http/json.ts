/** A number as it was written: no JS number ever holds money. */
export class NumberLiteral {
  constructor(readonly text: string) {}
}

/** What a body may hold. Objects are plain; `__proto__` never is a member of one. */
export type JsonValue = string | boolean | null | NumberLiteral | readonly JsonValue[] | JsonMembers
export interface JsonMembers {
  readonly [name: string]: JsonValue
}

/** What a reply may hold: JS numbers for counts and codes, `NumberLiteral` for money; members that are `undefined` are left out. */
export type Writable =
  | string
  | number
  | boolean
  | null
  | NumberLiteral
  | readonly Writable[]
  | { readonly [name: string]: Writable | undefined }

/** JSON text; number literals go out as they are, digit for digit. */
export const writeJson = (value: Writable): string => write(value, Object.keys)

/** The same with names in order: one text for one value, however it was written. */
export const writeSorted = (value: Writable): string => write(value, sortedKeys)

type Members = { readonly [name: string]: Writable | undefined }

/** Most bodies come in order, and sorting costs more than to look. */
const sortedKeys = (value: Members): string[] => {
  const names = Object.keys(value)
  return names.every((name, index) => index === 0 || String(names[index - 1]) < name) ? names : names.sort()
}

const isList = (value: Writable): value is readonly Writable[] => Array.isArray(value)

/** What JSON writes as it is: to look costs a third of asking `JSON.stringify`. */
const PLAIN = /^[ !#-[\]-~]*$/
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text))

const write = (value: Writable, namesOf: (members: Members) => string[]): string => {
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (value instanceof NumberLiteral) return value.text
  let out = ''
  if (isList(value)) {
    for (const item of value) out += `${out === '' ? '' : ','}${write(item, namesOf)}`
    return `[${out}]`
  }
  for (const name of namesOf(value)) {
    const member = value[name]
    if (member !== undefined) out += `${out === '' ? '' : ','}${quoted(name)}:${write(member, namesOf)}`
  }
  return `{${out}}`
}

/** Decimal text as a number literal, without trailing zeros: `1000.00` is 1000, `0.50` is 0.5. */
export const numberOf = (decimal: string): NumberLiteral => {
  const point = decimal.indexOf('.')
  if (point < 0) return new NumberLiteral(decimal)
  let end = decimal.length
  while (decimal.charCodeAt(end - 1) === 0x30) end--
  return new NumberLiteral(decimal.slice(0, end - 1 === point ? point : end))
}
