import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SeedRequest } from './bill.js'
import type { Shape } from './shape.js'

const folder = process.env.COUNTERFOIL_SEEDS ?? '../shared/seeds'

/** The text of a seed document by the number its file begins with; `null` where the folder is missing, which CI does not allow. */
export const seedDocument = (number: string): string | null => {
  const file = existsSync(folder) ? readdirSync(folder).find((name) => name.startsWith(`${number}_`)) : undefined
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8')
  if (process.env.CI === 'true') throw new Error(`no seed document ${number} in ${folder}; set COUNTERFOIL_SEEDS`)
  return null
}

export const SEEDS_LEFT_OUT = `left out: no seed documents in ${folder}`

/** What one endpoint of the document names. */
export interface Section {
  readonly heading: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

const FIELD = /^\s*([a-z_]+)\s*[:：]/

/** Reads the headings, the input fields and the output fields of the bill document. */
export const sectionsOf = (document: string): readonly Section[] =>
  document
    .split(/^#+指令：/m)
    .slice(1)
    .map((text) => {
      const [first = ''] = text.split('\n')
      const [method = '', path = ''] = first.split(' ')
      const part = (from: string, to: string) => text.slice(text.indexOf(from), text.indexOf(to)).split('\n')
      return {
        heading: `${method} ${path}`,
        inputs: fieldsOf(part('输入参数说明', 'Example Request')),
        outputs: fieldsOf(part('返回数据说明', '返回数据示例')),
      }
    })

const fieldsOf = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => FIELD.exec(line)?.slice(1, 2) ?? [])

/** What the list at the document's top promises. */
export const listed = (document: string): readonly string[] =>
  [...document.matchAll(/^- (GET|PUT) (\S+)/gm)].map(([, method, path]) => `${method} ${path}`)

const leaves = (shape: Shape): readonly string[] => {
  if (typeof shape === 'string') return []
  return Object.entries(shape).flatMap(([field, inner]) => (/^\d+$/.test(field) ? [] : [field]).concat(leaves(inner)))
}

/** Where the table leaves something of the document out, or has something that it does not name. */
export const compare = (sections: readonly Section[], table: readonly SeedRequest[]): readonly string[] => {
  const faults = sections.flatMap(({ heading, inputs, outputs }) => {
    const request = table.find((one) => one.heading === heading)
    if (request === undefined) return [`${heading}: not in the table`]
    const given = Object.keys(request.body ?? {})
    const replied = leaves(request.reply).filter((field) => !ENVELOPE.has(field))
    return [
      ...missing(inputs, given, `${heading}: the input`),
      ...missing(given, inputs, `${heading}: the table's input`),
      ...missing(
        outputs.filter((field) => !ENVELOPE.has(field)),
        replied,
        `${heading}: the output`,
      ),
      ...missing(replied, outputs, `${heading}: the table's output`),
    ]
  })
  const known = new Set(sections.map(({ heading }) => heading))
  return [...faults, ...table.filter(({ heading }) => !known.has(heading)).map(({ heading }) => `${heading}: invented`)]
}

/** In every reply, and named by the document only where there is nothing else to name. */
const ENVELOPE: ReadonlySet<string> = new Set(['data', 'code', 'msg'])

const missing = (fields: readonly string[], among: readonly string[], what: string): readonly string[] =>
  fields.filter((field) => !among.includes(field)).map((field) => `${what} ${field} is not on the other side`)
