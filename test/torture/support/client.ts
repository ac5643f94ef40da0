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
  readonly position: string
  /** Milliseconds since 1970, when it was asked. */
  readonly sentAt: number
}

/** Many keep-alive connections to one server. Never rejects. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #host: string
  readonly #port: string

  constructor(address: string) {
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
    return new Promise((resolve) => {
      const broken = (how: unknown): void => {
        const text = `${how} (${sending.reusedSocket ? 'an old connection' : 'a new connection'}, ${Date.now() - sentAt} ms)`
        resolve({ status: 0, text, replayed: false, position: '', sentAt })
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
