/** One request, ready for the wire (ASCII); `key` names it in the list of acknowledged ones. */
export interface WireRequest {
  readonly text: string
  readonly key: string
}

/** What to ask for. All names and values are ASCII. */
export type Workload =
  | {
      readonly kind: 'trade'
      /** Each buyer's name and token; buyers are drawn evenly. */
      readonly buyers: readonly { readonly name: string; readonly token: string }[]
      /** Drawn evenly; one name alone is a hot seller. */
      readonly sellers: readonly string[]
      readonly amount: string
      /** Begins every `Idempotency-Key`; another one per run, or the run only repeats the last. */
      readonly keyPrefix: string
      readonly seed: number
    }
  | {
      /** As many trades in one request, for a token that may act for all buyers. */
      readonly kind: 'bulk'
      readonly items: number
      readonly buyers: readonly string[]
      readonly sellers: readonly string[]
      readonly amount: string
      readonly token: string
      readonly keyPrefix: string
      readonly seed: number
    }
  | {
      /** The same request over and over, or in turn over `paths`, each with the token of its place, or with the only one. */
      readonly kind: 'plain'
      readonly method: 'GET' | 'POST'
      readonly paths: readonly string[]
      readonly tokens?: readonly string[]
      readonly body?: string
    }

/** A small seeded generator (xorshift32): whole numbers below `bound`. */
export const seeded = (seed: number): ((bound: number) => number) => {
  let state = seed | 1
  return (bound) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
}

const JSON_HEADERS = 'content-type: application/json\r\ncontent-length: '

const trades = (workload: Extract<Workload, { kind: 'trade' }>): ((index: number) => WireRequest) => {
  const below = seeded(workload.seed)
  const heads = workload.buyers.map(
    ({ name, token }) =>
      `PUT /bill/${name}/trade HTTP/1.1\r\nhost: bench\r\nauthorization: ${token}\r\n${JSON_HEADERS}`,
  )
  const bodies = workload.sellers.map((seller) => {
    const body = JSON.stringify({ trade_amount: workload.amount, trade_user: seller })
    return { before: `${body.length}\r\nidempotency-key: `, after: `\r\n\r\n${body}` }
  })
  return (index) => {
    const key = `${workload.keyPrefix}-${index}`
    const body = bodies[below(bodies.length)]
    const head = heads[below(heads.length)]
    if (!body || !head) throw new Error('A trade needs a buyer and a seller.')
    return { text: head + body.before + key + body.after, key }
  }
}

const bulk = (workload: Extract<Workload, { kind: 'bulk' }>): ((index: number) => WireRequest) => {
  const below = seeded(workload.seed)
  const { buyers, sellers, amount } = workload
  const items = buyers.flatMap((buyer) =>
    sellers.filter((seller) => seller !== buyer).map((seller) => JSON.stringify({ buyer, seller, amount })),
  )
  const head = `POST /v1/transfers/bulk HTTP/1.1\r\nhost: bench\r\nauthorization: ${workload.token}\r\n${JSON_HEADERS}`
  return (index) => {
    const key = `${workload.keyPrefix}-${index}`
    const chosen = Array.from({ length: workload.items }, () => items[below(items.length)])
    const body = `{"items":[${chosen.join(',')}]}`
    return { text: `${head}${body.length}\r\nidempotency-key: ${key}\r\n\r\n${body}`, key }
  }
}

const plain = (workload: Extract<Workload, { kind: 'plain' }>): ((index: number) => WireRequest) => {
  const { method, paths, tokens = [] } = workload
  const body = workload.body === undefined ? '\r\n' : `${JSON_HEADERS}${workload.body.length}\r\n\r\n${workload.body}`
  const texts = paths.map((path, at) => {
    const token = tokens[at % tokens.length]
    return `${method} ${path} HTTP/1.1\r\nhost: bench\r\n${token === undefined ? '' : `authorization: ${token}\r\n`}${body}`
  })
  return (index) => ({ text: texts[index % texts.length] ?? '', key: `${index}` })
}

/** Requests by running number. */
export const requestsOf = (workload: Workload): ((index: number) => WireRequest) => {
  if (workload.kind === 'trade') return trades(workload)
  return workload.kind === 'bulk' ? bulk(workload) : plain(workload)
}
