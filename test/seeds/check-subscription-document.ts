import { isDeepStrictEqual } from 'node:util'
import { insteadOfNull, isList, plainOf, type Shape, shapeOf, without } from './shape.js'
import type { SubscriptionRequest } from './subscription.js'

/** What is wrong in the document, with what it means. Each must be found. */
export const corrections: readonly (readonly [written: string, meant: string])[] = [
  ['- pOST   /payment/cancel_subscription/', '- POST   /payment/cancel_subscription/'],
  ['- GET    /payment/transaction/{filter}', '- GET    /payment/transaction/'],
  ['GET: /payment/transaction/{filter} // e.g. /payment/transaction/?', 'GET: /payment/transaction/?'],
  ['                    },\n\n    3. Promocode', '                    },}\n\n    3. Promocode'],
]

/** What the document shows of one endpoint. */
export interface Told {
  readonly heading: string
  readonly query: readonly string[]
  readonly open: boolean
  readonly body: Shape | null
  readonly data: Shape
}

export interface SubscriptionDocument {
  /** Of all that is listed, in order. */
  readonly headings: readonly string[]
  readonly told: readonly Told[]
}

const LISTED = /^ +[A-Z]\. .+ - ([A-Z]+) +(\/\S+)$/gm
const ENDPOINT =
  /- Request:\s+([A-Z]+): (\S+)\s+headers: \{(.*)\}\s+(?:data: ?(\{[\s\S]*?)\s+)?- Response:\s+(\{[\s\S]*?\n *\}+,?\}?)(?=\s*\n\s*\n|\s*$|\n +[A-Z]\. )/g
const TITLE = /^ +(?:[A-Z]\.|\d+\.?) .*$/gm

/** Throws where a correction has nothing to correct, where text is left over that belongs to no endpoint, and where what is left is no JSON. */
export const readDocument = (document: string): SubscriptionDocument => {
  const corrected = corrections.reduce((text, [written, meant]) => {
    if (!text.includes(written)) throw new Error(`nothing to correct: ${written}`)
    return text.replace(written, meant)
  }, document)
  const [summary = '', detail = ''] = corrected.split('DETAIL:')
  const rest = detail.replaceAll(ENDPOINT, '').replaceAll(TITLE, '').trim()
  if (rest !== '') throw new Error(`left over: ${rest}`)
  return {
    headings: [...summary.matchAll(LISTED)].map(([, method = '', url = '']) => partsOf(method, url).heading),
    told: [...detail.matchAll(ENDPOINT)].map(([, method = '', url = '', headers = '', body, reply = '']) => ({
      ...partsOf(method, url),
      open: !headers.includes('Authorization'),
      body: body === undefined ? null : shapeOf(looseJson(body)),
      data: dataOf(looseJson(reply)),
    })),
  }
}

const partsOf = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?')
  const plain = path.replace(/\{(\w+)\}/g, ':$1').replace(/\/$/, '')
  return { heading: `${method} ${plain}`, query: [...new URLSearchParams(query).keys()] }
}

/** As people write it: with remarks, single quotes, names without any, a comma too many, `string` for a text, and `{...}` for more of the same. */
const looseJson = (text: string): unknown =>
  JSON.parse(
    text
      .replace(/\/\/.*$/gm, '')
      .replace(/,\s*\{\.\.\.\}/g, '')
      .replace(/'([^']*)'/g, '"$1"')
      .replace(/: string\b/g, ': "string"')
      .replace(/([{,]\s*)([a-z_]+):/g, '$1"$2":')
      .replace(/,(\s*[}\]])/g, '$1')
      .replace(/\},$/, '}'),
  )

const dataOf = (reply: unknown): Shape => {
  const shape = shapeOf(reply)
  if (typeof shape === 'string' || isList(shape)) throw new Error('a reply is an object')
  const { data, ...envelope } = shape
  if (data === undefined || !isDeepStrictEqual(envelope, { status: 'string', message: 'string' })) {
    throw new Error(`another envelope: ${JSON.stringify(envelope)}`)
  }
  return data
}

/** Whether an example may be of a shape of ours. */
const agree = (ours: Shape, theirs: Shape): boolean => {
  if (typeof ours === 'string') return plainOf(ours) === theirs
  const something = insteadOfNull(ours)
  if (something !== undefined) return theirs === 'null' || agree(something, theirs)
  if (typeof theirs === 'string') return false
  if (isList(ours) || isList(theirs)) return isList(ours) && isList(theirs) && agree(ours[0], theirs[0])
  const names = Object.keys(ours).sort()
  if (!isDeepStrictEqual(names, Object.keys(theirs).sort())) return false
  return names.every((name) => {
    const [mine, other] = [ours[name], theirs[name]]
    return mine !== undefined && other !== undefined && agree(mine, other)
  })
}

/** Where the table and the document differ. */
export const differences = (
  { headings, told }: SubscriptionDocument,
  table: readonly SubscriptionRequest[],
): readonly string[] => {
  const known = new Set(headings)
  return [
    ...headings.filter((heading) => !table.some((one) => one.heading === heading)).map((one) => `${one}: forgotten`),
    ...table.filter(({ heading }) => !known.has(heading)).map(({ heading }) => `${heading}: invented`),
    ...told.filter(({ heading }) => !known.has(heading)).map(({ heading }) => `${heading}: not listed`),
    ...told.flatMap((endpoint) => {
      const request = table.find(({ heading }) => heading === endpoint.heading)
      return request === undefined ? [] : faultsOf(endpoint, request)
    }),
  ]
}

const faultsOf = (endpoint: Told, { heading, url, body, open, data, ours = [] }: SubscriptionRequest) => {
  const { query } = partsOf('', url)
  const faults = {
    query: !isDeepStrictEqual(query, endpoint.query),
    body: !isDeepStrictEqual(body === undefined ? null : shapeOf(body), endpoint.body),
    token: (open === true) !== endpoint.open,
    reply: !agree(without(data, ours), endpoint.data),
  }
  return Object.entries(faults).flatMap(([part, found]) => (found ? [`${heading}: another ${part}`] : []))
}
