import { gzipSync } from 'node:zlib'
import type { Fault } from './double.js'

/** The connection is cut before anything was done. */
export const cutBefore: Fault = ({ response }) => response.destroy()

/** It was done, and the connection is cut. */
export const cutAfter: Fault = ({ answer, response }) => {
  answer()
  response.destroy()
}

/** It was done, and nobody says so. */
export const silentAfter: Fault = ({ answer }) => {
  answer()
}

/** It was done, and half of the answer comes. */
export const half: Fault = ({ answer, response }) => {
  const body = gzipSync(answer().body)
  response.writeHead(201, {
    'content-type': 'application/xml',
    'content-encoding': 'gzip',
    'content-length': body.length,
  })
  response.write(body.subarray(0, body.length / 2), () => response.destroy())
}

/** It was done, and the answer comes twice on the wire. */
export const twice: Fault = ({ answer, response }) => {
  const { body } = answer()
  const text = `HTTP/1.1 201 Created\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  response.socket?.end(text + text)
}

/** It was done, later. */
export const late =
  (milliseconds: number): Fault =>
  ({ answer, send }) => {
    setTimeout(() => send(answer()), milliseconds)
  }

/** Nothing was done. */
export const status =
  (code: number): Fault =>
  ({ send }) =>
    send({ status: code, body: '' })

/** It was done, and this is said about it. */
export const says =
  (body: string | Buffer, headers: Readonly<Record<string, string>> = {}, code = 201): Fault =>
  ({ answer, response }) => {
    answer()
    response.writeHead(code, { 'content-type': 'application/xml', ...headers })
    response.end(body)
  }

/** It was done, and what is said about it is changed. */
export const changed =
  (change: (body: string) => string, code?: number): Fault =>
  ({ answer, send }) => {
    const { status: before, body } = answer()
    send({ status: code ?? before, body: change(body) })
  }
