import { isUtf8 } from 'node:buffer'
import { type JsonMembers, type JsonValue, NumberLiteral } from './json.js'

/** Not the JSON we take: RFC 8259 in UTF-8 without a byte order mark, no duplicate names, no `__proto__`, no half surrogates, at most 32 deep. */
export class InvalidJson extends Error {
  constructor(
    message: string,
    /** The character where it was found. */
    readonly at = 0,
  ) {
    super(message)
  }
}

const MAX_DEPTH = 32

/** Throws `InvalidJson`. */
export const readJson = (bytes: Uint8Array): JsonValue => {
  if (!isUtf8(bytes)) throw new InvalidJson('the text is not UTF-8')
  return readJsonText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
}

/** Throws `InvalidJson`. */
export const readJsonText = (text: string): JsonValue => {
  const reader = new Reader(text)
  return reader.document()
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const HEX4 = /[0-9a-fA-F]{4}/y
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** One pass over one text. */
class Reader {
  #at = 0

  constructor(readonly text: string) {}

  document(): JsonValue {
    const value = this.#value(0)
    this.#space()
    if (this.#at < this.text.length) throw this.#fault('more text after the value')
    return value
  }

  #value(depth: number): JsonValue {
    this.#space()
    switch (this.text.charCodeAt(this.#at)) {
      case 0x22:
        return this.#string()
      case 0x7b:
        return this.#object(depth + 1)
      case 0x5b:
        return this.#array(depth + 1)
      case 0x74:
        return this.#word('true', true)
      case 0x66:
        return this.#word('false', false)
      case 0x6e:
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(depth: number): JsonMembers {
    const members: Record<string, JsonValue> = {}
    if (this.#opensEmpty(depth, 0x7d)) return members
    do {
      this.#space()
      if (this.text.charCodeAt(this.#at) !== 0x22) throw this.#fault('a name was expected')
      const name = this.#string()
      if (name === '__proto__') throw this.#fault('the name __proto__ is not taken')
      if (Object.hasOwn(members, name)) throw this.#fault('a name comes twice in one object')
      this.#space()
      if (this.text.charCodeAt(this.#at++) !== 0x3a) throw this.#fault('a colon was expected')
      members[name] = this.#value(depth)
    } while (this.#goesOn(0x7d))
    return members
  }

  #array(depth: number): readonly JsonValue[] {
    const items: JsonValue[] = []
    if (this.#opensEmpty(depth, 0x5d)) return items
    do {
      items.push(this.#value(depth))
    } while (this.#goesOn(0x5d))
    return items
  }

  #opensEmpty(depth: number, end: number): boolean {
    if (depth > MAX_DEPTH) throw this.#fault(`deeper than ${MAX_DEPTH}`)
    this.#at++
    this.#space()
    if (this.text.charCodeAt(this.#at) !== end) return false
    this.#at++
    return true
  }

  /** After a member: a comma, or the end. */
  #goesOn(end: number): boolean {
    this.#space()
    const code = this.text.charCodeAt(this.#at++)
    if (code === 0x2c) return true
    if (code === end) return false
    throw this.#fault('a comma or the end was expected')
  }

  #string(): string {
    const { text } = this
    let start = ++this.#at
    let out = ''
    for (;;) {
      const code = text.charCodeAt(this.#at)
      if (code === 0x22) {
        out += text.slice(start, this.#at++)
        return out
      }
      if (code === 0x5c) {
        out += text.slice(start, this.#at++) + this.#escape()
        start = this.#at
      } else if (code < 0x20 || Number.isNaN(code)) {
        throw this.#fault('a string is not closed, or holds a control character')
      } else this.#at++
    }
  }

  #escape(): string {
    const letter = this.text.charAt(this.#at++)
    if (letter !== 'u') {
      const plain = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined
      if (plain === undefined) throw this.#fault('an unknown escape')
      return plain
    }
    const unit = this.#unit()
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit)
    if (unit < 0xdc00 && this.text.startsWith('\\u', this.#at)) {
      this.#at += 2
      const low = this.#unit()
      if (low >= 0xdc00 && low <= 0xdfff) return String.fromCharCode(unit, low)
    }
    throw this.#fault('half of a surrogate pair')
  }

  #unit(): number {
    HEX4.lastIndex = this.#at
    if (!HEX4.test(this.text)) throw this.#fault('four hexadecimal digits were expected')
    const unit = Number.parseInt(this.text.slice(this.#at, this.#at + 4), 16)
    this.#at += 4
    return unit
  }

  #number(): NumberLiteral {
    NUMBER.lastIndex = this.#at
    if (!NUMBER.test(this.text)) throw this.#fault('a value was expected')
    const text = this.text.slice(this.#at, NUMBER.lastIndex)
    this.#at = NUMBER.lastIndex
    return new NumberLiteral(text)
  }

  #word<Value>(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.#at)) throw this.#fault('a value was expected')
    this.#at += word.length
    return value
  }

  #space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }

  #fault(what: string): InvalidJson {
    return new InvalidJson(`${what} (character ${this.#at})`, this.#at)
  }
}
