import { NumberLiteral, type Writable } from '../../src/http/json.js'

/** JSON text, as it stands. */
export const raw = (text: string) => new NumberLiteral(text)

/** Every place in a body, at any depth: a value that stands there, and how the body looks with another one instead. */
export const places = (value: unknown): readonly { old: unknown; put: (value: Writable) => Writable; at: string }[] => {
  if (typeof value !== 'object' || value === null) return []
  const whole = Object.entries(value)
  return whole.flatMap(([name, old]) => {
    const put = (other: Writable): Writable => {
      const members = whole.map(([one, before]): [string, Writable] => [
        one,
        one === name ? other : raw(JSON.stringify(before)),
      ])
      return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members)
    }
    const below = places(old).map((place) => ({
      ...place,
      put: (other: Writable) => put(place.put(other)),
      at: `${name}.${place.at}`,
    }))
    return [{ old, put, at: name }, ...below]
  })
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

const schemaAt = (schema: unknown, [name, ...rest]: readonly string[]): unknown => {
  if (name === undefined) return schema
  const some = member(schema, 'else') ?? schema
  return schemaAt(member(member(some, 'properties'), name) ?? member(some, 'items'), rest)
}

/** What a schema takes at a place as: there is none. */
export const noneAt = (schema: unknown, at: string): readonly unknown[] => {
  const none = member(member(schemaAt(schema, at.split('.')), 'if'), 'enum')
  return Array.isArray(none) ? none : []
}
