import type { ClientRequest, IncomingMessage } from 'node:http'
import { Agent, type RequestOptions } from 'node:https'
import './sdk.js'

/** Bytes of an answer; the largest that we ask for has a few thousand. */
const MOST = 1_048_576

/**
 * Carries one request of the SDK on a connection of its own, and sees what the SDK does not tell: whether anything was sent, and why it failed. It ends the
 * request when the signal says so, so that nothing of it is sent afterwards.
 *
 * The SDK parses JSON in a handler where a failure ends the process, and never answers at all where a search comes back empty. So whatever is not XML is made
 * an answer that failed before it looks at it: handlers are called in order.
 */
export class Watch extends Agent {
  /** The encrypted connection stood, so the request may have been read. */
  sent = false
  /** Of the answer; as it is left behind, 502 where it cannot be read. */
  status: number | null = null
  /** Node's word for what broke: `ECONNREFUSED`. */
  broken: string | null = null
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal, ca: string | undefined) {
    // A connection that was kept may be closed by the other side at the very moment when a sale is written to it.
    super({ keepAlive: false, ...(ca === undefined ? {} : { ca }) })
    this.#signal = signal
  }

  override addRequest(request: ClientRequest, options: RequestOptions): void {
    const give = (): void => {
      request.destroy()
    }
    this.#signal.addEventListener('abort', give)
    request.once('close', () => this.#signal.removeEventListener('abort', give))
    request.once('socket', (socket) =>
      socket.once('secureConnect', () => {
        this.sent = true
      }),
    )
    request.prependListener('error', (error: Error & { readonly code?: string }) => {
      this.broken = error.code ?? error.name
    })
    request.prependListener('response', (response: IncomingMessage) => this.#read(response))
    super.addRequest(request, options)
  }

  #read(response: IncomingMessage): void {
    const { statusCode = 0, headers } = response
    const { 'content-type': type = '' } = headers
    let size = 0
    this.status = statusCode
    response.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MOST) response.destroy(new Error('too much'))
    })
    response.on('end', () => {
      if (![200, 201, 422].includes(statusCode) || (/^application\/xml\b/.test(type) && size > 0)) return
      response.statusCode = 502
      this.status = 502
    })
  }
}
