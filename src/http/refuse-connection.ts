import { ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { errorCatalogue } from './errors.js'
import { refusedBy } from './faults.js'
import { v1 } from './v1/surface.js'

/** Those that are refused once the reply under way has left. */
const waiting = new WeakSet<Socket>()

/** Answers what never became a request, behind the replies to those that did. It has no path yet, so it is told in the form of /v1. */
export const refuseConnection = (error: Error & { code?: string }, socket: Socket): void => {
  if (waiting.has(socket)) return
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const reply = replyUnderWay(socket)
  if (reply !== null) {
    waiting.add(socket)
    reply.once('close', () => {
      waiting.delete(socket)
      refuseConnection(error, socket)
    })
    return
  }
  const refused = refusedBy(error) ?? { code: 'invalid_http', detail: errorCatalogue.invalid_http.meaning }
  const { status } = errorCatalogue[refused.code]
  const { type, body } = v1.refuse(refused)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${type}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** To a request that came whole: it may be written already, so its reply comes first. Only Node itself knows which it is. */
const replyUnderWay = (socket: Socket): ServerResponse | null => {
  const reply: unknown = Reflect.get(socket, '_httpMessage')
  return reply instanceof ServerResponse && reply.req.complete ? reply : null
}
