import type t from 'tap'

type Told = 'number' | 'string' | 'boolean' | 'null'
type Text = 'name' | 'date' | 'zoned' | 'utc' | 'seconds' | 'hex' | 'decimal'
type Scalar = Told | Text | 'true' | 'names'

/**
 * What a reply is made of. A field whose name ends in `?` may be missing; `zoned` is an instant with an offset, `utc` one with a Z, `seconds` one since
 * 1970; `names` are any number of them, also none.
 */
export type Shape = Scalar | { readonly [field: string]: Shape } | readonly [Shape]

/** Or nothing at all. */
export const orNull = (shape: Shape): Shape => ({ [OR_NULL]: shape })
const OR_NULL = 'or null'

/** What a shape is of where it is not `null`; `undefined`: it never is. */
export const insteadOfNull = (shape: Exclude<Shape, string>): Shape | undefined =>
  isList(shape) ? undefined : shape[OR_NULL]

type Test = Pick<typeof t, 'equal' | 'ok' | 'strictSame' | 'match'>

/** No field more, no field less, each of its type. A list must hold something. */
export const fits = (t: Test, value: unknown, shape: Shape, where: string): void => {
  if (typeof shape === 'string') {
    scalar(t, value, shape, where)
    return
  }
  const something = insteadOfNull(shape)
  if (something !== undefined) {
    if (value !== null) fits(t, value, something, where)
    return
  }
  if (isList(shape)) {
    t.ok(Array.isArray(value) && value.length > 0, `${where} is a list`)
    for (const item of Array.isArray(value) ? value : []) fits(t, item, shape[0], `${where}[]`)
    return
  }
  const members: Record<string, unknown> = { ...(typeof value === 'object' ? value : {}) }
  const expected = Object.entries(shape).filter(([name]) => !name.endsWith('?') || name.slice(0, -1) in members)
  t.strictSame(Object.keys(members).sort(), expected.map(([name]) => plain(name)).sort(), `${where}: the fields`)
  for (const [name, inner] of expected) fits(t, members[plain(name)], inner, `${where}.${name}`)
}

const plain = (name: string): string => name.replace('?', '')

export const isList = (shape: Exclude<Shape, string>): shape is readonly [Shape] => Array.isArray(shape)

const forms: Partial<Record<Scalar, RegExp>> = {
  name: /./,
  date: /^\d{4}-\d{2}-\d{2}$/,
  zoned: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/,
  utc: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
  seconds: /^\d{9,10}$/,
  hex: /^[0-9a-f]{24}$/,
  decimal: /^\d+(?:\.\d+)?$/,
}

const scalar = (t: Test, value: unknown, shape: Scalar, where: string): void => {
  if (shape === 'true' || shape === 'null') {
    t.equal(value, shape === 'true' ? true : null, where)
    return
  }
  if (shape === 'names') {
    t.ok(Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== ''), where)
    return
  }
  t.equal(typeof value, plainOf(shape), where)
  const form = forms[shape]
  if (form !== undefined) t.match(value, form, where)
}

/** What JSON alone says of it. */
export const plainOf = (shape: Scalar): Told => {
  if (shape === 'true') return 'boolean'
  return shape === 'number' || shape === 'boolean' || shape === 'null' ? shape : 'string'
}

/** A shape without these fields, at any depth. */
export const without = (shape: Shape, fields: readonly string[]): Shape => {
  if (typeof shape === 'string') return shape
  if (isList(shape)) return [without(shape[0], fields)]
  const others = Object.entries(shape).filter(([name]) => !fields.includes(name))
  return Object.fromEntries(others.map(([name, inner]) => [name, without(inner, fields)]))
}

/** The shape of an example. What only some items of a list have may be missing. */
export const shapeOf = (example: unknown): Shape => {
  if (Array.isArray(example)) return [example.map(shapeOf).reduce(merged)]
  if (typeof example === 'object' && example !== null) {
    return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, shapeOf(value)]))
  }
  if (typeof example === 'number' || typeof example === 'boolean')
    return typeof example === 'number' ? 'number' : 'boolean'
  if (example === null) return 'null'
  const text = String(example)
  if (forms.utc?.test(text)) return 'utc'
  return forms.zoned?.test(text) ? 'zoned' : 'string'
}

const merged = (one: Shape, other: Shape): Shape => {
  if (typeof one === 'string' || typeof other === 'string' || isList(one) || isList(other)) return one
  const names = new Set([...Object.keys(one), ...Object.keys(other)].map(plain))
  return Object.fromEntries(
    [...names].map((name) => {
      const [first, second] = [one[name], other[name]]
      if (first !== undefined && second !== undefined) return [name, merged(first, second)]
      return [`${name}?`, first ?? second ?? one[`${name}?`] ?? other[`${name}?`] ?? 'string']
    }),
  )
}
