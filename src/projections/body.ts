import type { JsonObject } from '../views/port.js'

/** Readers of stored bodies. They were written by us under the same version, so anything else is damage, and throws. */
export const text = (body: JsonObject, field: string): string => {
  const value = body[field]
  if (typeof value !== 'string') throw new TypeError(`${field} of a stored body is no text`)
  return value
}

export const textOrNull = (body: JsonObject, field: string): string | null =>
  body[field] === undefined ? null : text(body, field)

export const integer = (body: JsonObject, field: string): number => {
  const value = body[field]
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new TypeError(`${field} of a stored body is no integer`)
  return value
}

export const oneOf = <const Word extends string>(body: JsonObject, field: string, words: readonly Word[]): Word => {
  const value = body[field]
  const found = words.find((word) => word === value)
  if (found === undefined) throw new TypeError(`${field} of a stored body is none of ${words.join(', ')}`)
  return found
}

/** The object in a field, or `null` where there is none. */
export const objectOrNull = (body: JsonObject, field: string): JsonObject | null => {
  const value = body[field]
  if (value === undefined) return null
  if (!isObject(value)) throw new TypeError(`${field} of a stored body is no object`)
  return value
}

/** The object in a field. */
export const object = (body: JsonObject, field: string): JsonObject => {
  const value = objectOrNull(body, field)
  if (value === null) throw new TypeError(`${field} of a stored body is not there`)
  return value
}

/** The objects of a list. */
export const objects = (body: JsonObject, field: string): readonly JsonObject[] => {
  const value = body[field]
  if (!Array.isArray(value)) throw new TypeError(`${field} of a stored body is no list`)
  return value.map((item: unknown) => {
    if (!isObject(item)) throw new TypeError(`${field} of a stored body holds what is no object`)
    return item
  })
}

/** The texts of a list. */
export const texts = (body: JsonObject, field: string): readonly string[] => {
  const value = body[field]
  if (!Array.isArray(value)) throw new TypeError(`${field} of a stored body is no list`)
  return value.map((item: unknown) => {
    if (typeof item !== 'string') throw new TypeError(`${field} of a stored body holds what is no text`)
    return item
  })
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
