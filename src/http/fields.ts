import { type JsonValue, NumberLiteral } from './json.js'
import { readName } from './names.js'

/** Validated members of a body, a query or a path, read by name. A getter that finds another type throws: a schema is wrong then. */
export class Fields {
  readonly #values: object

  constructor(values: unknown) {
    this.#values = typeof values === 'object' && values !== null ? values : {}
  }

  raw(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? Reflect.get(this.#values, name) : undefined
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined
  }

  /** It is there, and is neither `null` nor blank. */
  says(name: string): boolean {
    const value = this.raw(name)
    return value !== undefined && value !== null && value !== ''
  }

  /** Text, or the text of a number literal. */
  text(name: string): string {
    const value = this.raw(name)
    if (typeof value === 'string') return value
    if (value instanceof NumberLiteral) return value.text
    throw new TypeError(`${name} is no text`)
  }

  /** An account's name as it is stored. */
  name(name: string): string {
    const found = readName(this.text(name))
    if (found === null) throw new TypeError(`${name} is no account name`)
    return found
  }

  /** A whole number that a schema has bounded. */
  whole(name: string): number {
    return Number(this.text(name))
  }

  /** A list of account names, or of ids of the same shape, as they are stored. */
  names(name: string): string[] {
    return this.list(name).map((value) => new Fields({ value }).name('value'))
  }

  /** The items of a list, not validated yet. */
  list(name: string): readonly JsonValue[] {
    const value = this.raw(name)
    if (!Array.isArray(value)) throw new TypeError(`${name} is no list`)
    return value
  }

  /** Those of the named texts that are there: what is left out stays left out. */
  some<const Name extends string>(...names: readonly Name[]): { readonly [Field in Name]?: string } {
    const found: { [Field in Name]?: string } = {}
    for (const name of names) if (this.has(name)) found[name] = this.text(name)
    return found
  }
}
