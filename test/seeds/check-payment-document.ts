import { isDeepStrictEqual } from 'node:util'
import type { PaymentRequest } from './payment.js'
import { isList, type Shape, shapeOf, without } from './shape.js'

/** What is no JSON, or no text of an endpoint, in the document, with what it means. Each must be found. */
export const corrections: readonly (readonly [written: string, meant: string])[] = [
  ['{"amount":1234.34,namespace:"chaizs"}', '{"amount":1234.34,"namespace":"chaizs"}'],
  ['  ** identification  jd\n', ''],
  ['  ** region cn-north-1\n', ''],
  ['  ** desc taocan 1\n', ''],
  ['  ** comment\n', ''],
  ['  ** status available\n', ''],
]

/** What one endpoint of the document shows. */
export interface Endpoint {
  readonly heading: string
  readonly query: readonly string[]
  readonly body: Shape | null
  readonly reply: Shape
}

const ENDPOINT = /^(GET|POST) (\S+)(?: -d {1,2}'(.*)')?\n+```json\n([^`]*)```\n*/gm

/** Throws where a correction has nothing to correct, or where text is left over that belongs to no endpoint. */
export const endpointsOf = (document: string): readonly Endpoint[] => {
  const corrected = corrections.reduce((text, [written, meant]) => {
    if (!text.includes(written)) throw new Error(`nothing to correct: ${written}`)
    return text.replace(written, meant)
  }, document)
  const rest = corrected.replaceAll(ENDPOINT, '').trim()
  if (rest !== '') throw new Error(`left over: ${rest}`)
  return [...corrected.matchAll(ENDPOINT)].map(([, method = '', url = '', body, reply = '']) => ({
    ...partsOf(method, url),
    body: body === undefined ? null : shapeOf(JSON.parse(body)),
    reply: shapeOf(JSON.parse(reply)),
  }))
}

const partsOf = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?')
  return { heading: `${method} ${path}`, query: [...new URLSearchParams(query).keys()] }
}

/** A request of the table as an endpoint: only what the document could say. */
const endpointOf = ({ heading, url, body, reply, ours = [] }: PaymentRequest): Endpoint => ({
  heading,
  query: partsOf('', url).query,
  body: body === undefined ? null : shapeOf(JSON.parse(body)),
  reply: told(without(reply, ours)),
})

const told = (shape: Shape): Shape => {
  if (typeof shape === 'string') return shape === 'name' ? 'string' : shape
  if (isList(shape)) return [told(shape[0])]
  return Object.fromEntries(Object.entries(shape).map(([name, inner]) => [name, told(inner)]))
}

/** Where the table and the document differ. */
export const differences = (endpoints: readonly Endpoint[], table: readonly PaymentRequest[]): readonly string[] => {
  const faults = endpoints.flatMap((endpoint) => {
    const request = table.find(({ heading }) => heading === endpoint.heading)
    if (request === undefined) return [`${endpoint.heading}: not in the table`]
    const ours = endpointOf(request)
    return (['query', 'body', 'reply'] as const)
      .filter((part) => !isDeepStrictEqual(ours[part], endpoint[part]))
      .map((part) => `${endpoint.heading}: another ${part}`)
  })
  const known = new Set(endpoints.map(({ heading }) => heading))
  return [...faults, ...table.filter(({ heading }) => !known.has(heading)).map(({ heading }) => `${heading}: invented`)]
}
