import type { ObjectSchema } from '../../events/define.js'
import { metadataSchema } from '../../events/envelope.js'
import { accountName, amount, currency, date, instant, method, text, uuid } from '../../events/parts.js'

/** The form of the canonical texts of one schema. What does not match may be valid all the same: it goes to `JSON.parse` and the schema. */
export interface PlainForm {
  /** The text is canonical, without escapes, and valid by the schema. */
  test(text: string): boolean
  /** The canonical text of such an object, put together and proved in one go; `null` for any other. */
  write(object: object): string | null
  /** What `JSON.parse` makes of such a text; `null` for any other. */
  read(text: string): Readonly<Record<string, string>> | null
}

/** A pattern without its anchors; groups keep nothing. A counted set is written out, because that matches in half the time. */
const inside = (anchored: string): string =>
  anchored
    .slice(1, -1)
    .replaceAll(/\((?!\?)/g, '(?:')
    .replaceAll(/(\[[^\]]+\])\{(\d+)\}/g, (_, set: string, times: string) => set.repeat(Number(times)))

/** Visible ASCII, of which JSON escapes `"` and `\`. */
const visible = '[!#-\\[\\]-~]'
const { actor, correlationId, fingerprint, key } = metadataSchema.properties

/** What stands between the quotes of each of these: all of it is valid by the schema, and nothing in it is escaped. */
const contents = new Map<unknown, string>([
  ...[accountName, amount, currency, date, instant, method, uuid, fingerprint].map(
    (part) => [part, inside(part.pattern)] as const,
  ),
  [text, '[^"\\\\\\x00-\\x1f\\p{Surrogate}]{1,256}'],
  [actor, `(?:${inside(accountName.pattern)}|system:[a-z-]{1,57})`],
  [correlationId, `${visible}{1,128}`],
  [key, `[a-z-]{1,40} ${visible}{1,255}`],
])

/**
 * One look at a text, where parsing and checking cost twice to four times as much; nearly every event lies in the store in this form.
 * Nothing has the form of a schema with a member that is not known here, or with a first member that may be left out.
 */
export const plainForm = ({ properties, required }: Pick<ObjectSchema, 'properties' | 'required'>): PlainForm => {
  const names = Object.keys(properties).sort()
  const known = names.every((name) => contents.has(properties[name])) && required.includes(String(names[0]))
  const formOf = (open: '(' | '(?:'): RegExp => {
    if (!known) return /(?!)/
    const members = names.map((name, index) => {
      const member = `${index === 0 ? '' : ','}"${name}":"${open}${contents.get(properties[name])})"`
      return required.includes(name) ? member : `(?:${member})?`
    })
    return new RegExp(`^\\{${members.join('')}\\}$`, 'u')
  }
  // With the quote that ends the field before it: one text less to put together.
  const fields = names.map((name, index) => ({
    name,
    needed: required.includes(name),
    before: `${index === 0 ? '{' : '",'}"${name}":"`,
    content: new RegExp(`^(?:${contents.get(properties[name])})$`, 'u'),
  }))
  const whole = formOf('(?:')
  const parts = formOf('(')
  return {
    test: (text) => whole.test(text),
    write: (object) => {
      if (!known) return null
      let out = ''
      let found = 0
      for (const { name, needed, before, content } of fields) {
        const value: unknown = Reflect.get(object, name)
        if (value === undefined && !needed) continue
        if (typeof value !== 'string' || !content.test(value)) return null
        out += before + value
        found += 1
      }
      return found === Object.keys(object).length ? `${out}"}` : null
    },
    read: (text) => {
      const found = parts.exec(text)
      if (found === null) return null
      const object: Record<string, string> = {}
      let index = 0
      for (const name of names) {
        index += 1
        const value = found[index]
        if (value !== undefined) object[name] = value
      }
      return object
    },
  }
}
