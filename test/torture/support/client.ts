import { Agent, request } from 'node:http'

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly token: string
  readonly key?: string
  readonly body?: unknown
}

export interface Reply {
  /** 0: the connection broke before the whole reply was there; `text` says how. */
  readonly status: number
  readonly text: string
  readonly replayed: boolean
  /** A write's views had passed it. */
  readonly visible: boolean
  readonly position: string
  /** Milliseconds since 1970, when it was asked. */
  readonly sentAt: number
}

/** Milliseconds within which a server must answer whatever happens to it; the answer itself is due after 8 s, its views a second later. */
const DEADLINE = 15_000

/** How long replies took; shared by the clients of a run. */
export class Patience {
  /** Milliseconds. */
  longest = 0
  /** Neither answered nor broken in time. */
  hung = 0
}

/** Many keep-alive connections to one server. Never rejects. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true })
  readonly address: string
  readonly #host: string
  readonly #port: string
  readonly #patience: Patience

  constructor(address: string, patience = new Patience()) {
    this.address = address
    this.#patience = patience
    const { hostname, port } = new URL(address)
    this.#host = hostname
    this.#port = port
  }

  ask({ method, path, token, key, body }: Ask): Promise<Reply> {
    const sentAt = Date.now()
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      authorization: `Bearer ${token}`,
      ...(text !== '' && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...(key !== undefined && { 'idempotency-key': key }),
    }
    return new Promise((settle) => {
      const resolve = (reply: Reply): void => {
        clearTimeout(timer)
        this.#patience.longest = Math.max(this.#patience.longest, Date.now() - sentAt)
        settle(reply)
      }
      const timer = setTimeout(() => {
        this.#patience.hung += 1
        sending.destroy(new Error('no answer'))
      }, DEADLINE)
      const broken = (how: unknown): void => {
        const text = `${how} (${sending.reusedSocket ? 'an old connection' : 'a new connection'}, ${Date.now() - sentAt} ms)`
        resolve({ status: 0, text, replayed: false, visible: false, position: '', sentAt })
      }
      const options = { host: this.#host, port: this.#port, method, path, headers, agent: this.#agent }
      const sending = request(options, (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('error', broken)
        response.on('close', () => broken('closed'))
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(pieces).toString('utf8'),
            replayed: response.headers['idempotent-replayed'] === 'true',
            visible: response.headers['ledger-visible'] === undefined,
            position: String(response.headers['ledger-position'] ?? ''),
            sentAt,
          })
        })
      })
      sending.on('error', broken)
      sending.end(text)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** The code of a refusal of any surface; the bill API puts it before its message. */
export const codeOf = ({ text }: { readonly text: string }): string => {
  const [, code, bill] = /"code":"([a-z_]+)"|"msg":"([a-z_]+):/.exec(text) ?? []
  return code ?? bill ?? ''
}
