import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { gzipSync } from 'node:zlib'
import type { Test } from 'tap'
import { Bank, type Fields, type Verdict } from './bank.js'
import { selfSigned } from './tls.js'
import { type Content, xml } from './xml.js'

/** What a request asks for. */
export type Question = 'client token' | 'sale' | 'search' | 'find' | 'void' | 'refund'

export interface Answer {
  readonly status: number
  readonly body: string
}

/** Takes the place of a good answer. `answer` does what was asked for, and gives what would be said. */
export type Fault = (exchange: {
  readonly answer: () => Answer
  readonly response: ServerResponse
  readonly send: (answer: Answer) => void
}) => void

export interface Double {
  readonly url: URL
  /** The certificate that is to be trusted. */
  readonly ca: string
  readonly bank: Bank
  /** What was asked, in order. */
  readonly asked: Question[]
  /** The next requests of this kind meet these. */
  plan(question: Question, ...faults: readonly Fault[]): void
}

export const MERCHANT = 'acme'
export const PUBLIC_KEY = 'public-key-of-acme'
export const PRIVATE_KEY = 'private-key-of-acme'
/** Currency → merchant account. */
export const ACCOUNTS: ReadonlyMap<string, string> = new Map(
  ['USD', 'EUR', 'JPY'].map((code) => [code, `acme_${code}`]),
)

const ROUTES: readonly (readonly [Question, string, RegExp])[] = [
  ['client token', 'POST', /^\/merchants\/acme\/client_token$/],
  ['sale', 'POST', /^\/merchants\/acme\/transactions$/],
  ['search', 'POST', /^\/merchants\/acme\/transactions\/advanced_search_ids$/],
  ['find', 'GET', /^\/merchants\/acme\/transactions\/([\w-]+)$/],
  ['void', 'PUT', /^\/merchants\/acme\/transactions\/([\w-]+)\/void$/],
  ['refund', 'POST', /^\/merchants\/acme\/transactions\/([\w-]+)\/refund$/],
]

const certificate = selfSigned()

/** Those endpoints of Braintree's that we use, on a free port of this machine. */
export const startDouble = async (t: Pick<Test, 'teardown'>): Promise<Double> => {
  const bank = new Bank(Object.fromEntries([...ACCOUNTS].map(([currency, account]) => [account, currency])))
  const plans = new Map<Question, Fault[]>()
  const asked: Question[] = []
  const server = createServer(certificate, async (request, response) => {
    const body = await bodyOf(request)
    const send = (answer: Answer): void => reply(response, answer)
    const found = routeOf(request)
    if (found === null) return send({ status: 404, body: '' })
    if (request.headers.authorization !== CREDENTIALS) return send({ status: 401, body: '' })
    if (request.headers['x-apiversion'] !== '6') return send({ status: 426, body: '' })
    asked.push(found.question)
    const answer = (): Answer => answerTo(bank, found, body)
    const fault = plans.get(found.question)?.shift()
    if (fault === undefined) send(answer())
    else fault({ answer, response, send })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return {
    url: new URL(`https://127.0.0.1:${port}`),
    ca: certificate.cert,
    bank,
    asked,
    plan: (question, ...faults) => plans.set(question, [...faults]),
  }
}

const CREDENTIALS = `Basic ${Buffer.from(`${PUBLIC_KEY}:${PRIVATE_KEY}`).toString('base64')}`

interface Found {
  readonly question: Question
  readonly id: string
}

const routeOf = ({ method, url = '' }: IncomingMessage): Found | null => {
  for (const [question, verb, path] of ROUTES) {
    const match = method === verb ? path.exec(url) : null
    if (match !== null) return { question, id: match[1] ?? '' }
  }
  return null
}

const bodyOf = async (request: IncomingMessage): Promise<Fields> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString() || '{}')
}

/** Compressed, like Braintree's. */
const reply = (response: ServerResponse, { status, body }: Answer): void => {
  response.writeHead(status, { 'content-type': 'application/xml; charset=utf-8', 'content-encoding': 'gzip' })
  response.end(gzipSync(body))
}

const fieldsOf = (body: Fields, name: string): Fields => {
  const fields: unknown = body[name]
  return typeof fields === 'object' && fields !== null ? { ...fields } : {}
}

const answerTo = (bank: Bank, { question, id }: Found, body: Fields): Answer => {
  switch (question) {
    case 'client token':
      return { status: 201, body: xml('clientToken', { value: Buffer.from('{"version":2}').toString('base64') }) }
    case 'sale':
      return told(bank, bank.sale(fieldsOf(body, 'transaction')), 201)
    case 'search':
      return { status: 200, body: xml('searchResults', { pageSize: '50', ids: idsOf(bank, body) }) }
    case 'find': {
      const entry = bank.entries.find((one) => one.id === id)
      return entry === undefined ? NOT_FOUND : { status: 200, body: xml('transaction', bank.content(entry)) }
    }
    case 'void':
      return told(bank, bank.void(id), 200)
    case 'refund':
      return told(bank, bank.refund(id, fieldsOf(body, 'transaction')), 201)
  }
}

const NOT_FOUND: Answer = { status: 404, body: '' }

/** The newest first. */
const idsOf = (bank: Bank, body: Fields): readonly string[] => {
  const wanted = fieldsOf(fieldsOf(body, 'search'), 'order_id').is
  return bank.entries
    .filter(({ orderId }) => orderId === wanted)
    .map(({ id }) => id)
    .reverse()
}

const told = (bank: Bank, verdict: Verdict, status: number): Answer => {
  if (verdict.kind === 'missing') return NOT_FOUND
  if (verdict.kind === 'taken') return { status, body: xml('transaction', bank.content(verdict.entry)) }
  const content: Content =
    verdict.kind === 'invalid'
      ? { errors: { errors: [], transaction: { errors: [errorOf(verdict)] } }, message: 'Something is wrong.' }
      : { errors: { errors: [] }, message: 'Declined', transaction: bank.content(verdict.entry) }
  return { status: 422, body: xml('apiErrorResponse', content) }
}

const errorOf = ({ code, attribute }: { readonly code: string; readonly attribute: string }): Content => ({
  code,
  attribute,
  message: 'Something is wrong.',
})
