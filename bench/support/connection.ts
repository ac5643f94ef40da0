import { connect, type Socket } from 'node:net'

/** Statuses of HTTP; 0: the connection broke before the reply, so the outcome is unknown. */
export type Answered = (status: number) => void

/**
 * One keep-alive connection with one request under way at a time. Reads the status and `content-length` (lower case) of a
 * reply and nothing else; it has no chunked bodies.
 */
export class Connection {
  #socket: Socket
  #answered: Answered | null = null
  /** Bytes of a reply that came in more than one piece. */
  #partial = ''
  broken = false

  /** Calls `ready` when connected. */
  constructor(target: { readonly host: string; readonly port: number }, ready: () => void) {
    const buffer = Buffer.allocUnsafe(65_536)
    const callback = (length: number): boolean => {
      this.#read(buffer.toString('latin1', 0, length))
      return true
    }
    this.#socket = connect({ ...target, noDelay: true, onread: { buffer, callback } }, ready)
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => {
      this.broken = true
      this.#answer(0)
    })
  }

  send(text: string, answered: Answered): void {
    this.#answered = answered
    if (this.broken) this.#answer(0)
    else this.#socket.write(text, 'latin1')
  }

  close(): void {
    this.#socket.destroy()
  }

  #answer(status: number): void {
    const answered = this.#answered
    this.#answered = null
    answered?.(status)
  }

  #read(piece: string): void {
    const reply = this.#partial + piece
    const headEnd = reply.indexOf('\r\n\r\n')
    const field = headEnd < 0 ? -1 : reply.indexOf('content-length: ')
    const whole = field < 0 ? Infinity : headEnd + 4 + Number.parseInt(reply.slice(field + 16, field + 26), 10)
    if (headEnd >= 0 && (field < 0 || field > headEnd)) throw new Error(`A reply without content-length: ${reply}`)
    this.#partial = reply.length < whole ? reply : ''
    if (reply.length >= whole) this.#answer(Number.parseInt(reply.slice(9, 12), 10))
  }
}
