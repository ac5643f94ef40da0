import { createServer, type Socket } from 'node:net'
import { BSON } from 'mongodb'
import type { Test } from 'tap'

export type Command = { readonly [field: string]: unknown }

/** The reply to a command; `null`: none, ever; `undefined`: the usual one. The name of a command is its first field. */
export type Reply = (command: Command) => object | null | undefined

/** What a standalone server of MongoDB 5.0 says to a greeting. */
export const greeting = {
  ok: 1,
  ismaster: true,
  minWireVersion: 0,
  maxWireVersion: 13,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
}

const usual: Reply = (command) => {
  if ('hello' in command || 'ismaster' in command) return greeting
  if ('find' in command) return { ok: 1, cursor: { id: BSON.Long.ZERO, ns: `x.${command.find}`, firstBatch: [] } }
  return { ok: 1, n: 0 }
}

const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013
const HEADER = 16

/** A server that speaks just enough of MongoDB's protocol to say what a test wants said. Gives its connection string. */
export const fakeMongo = async (t: Test, reply: Reply): Promise<string> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let pending = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      pending = Buffer.concat([pending, data])
      while (pending.length >= HEADER && pending.length >= pending.readInt32LE(0)) {
        answer(socket, pending.subarray(0, pending.readInt32LE(0)), reply)
        pending = pending.subarray(pending.readInt32LE(0))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `mongodb://someone:top-secret@127.0.0.1:${address.port}/views?directConnection=true&authMechanism=PLAIN&authSource=$external`
}

const answer = (socket: Socket, message: Buffer, reply: Reply): void => {
  const request = message.readInt32LE(4)
  const query = message.readInt32LE(12) === OP_QUERY
  // A query names its collection and two numbers first, a message its flags and the kind of its first section.
  const start = query ? message.indexOf(0, HEADER + 4) + 9 : HEADER + 5
  const command: Command = BSON.deserialize(message.subarray(start, start + message.readInt32LE(start)))
  const said = reply(command)
  if (said === null) return
  const body = BSON.serialize(said ?? usual(command) ?? {})
  const head = Buffer.alloc(HEADER + (query ? 20 : 5))
  head.writeInt32LE(head.length + body.length, 0)
  head.writeInt32LE(request, 8)
  head.writeInt32LE(query ? OP_REPLY : OP_MSG, 12)
  if (query) head.writeInt32LE(1, 32)
  socket.write(Buffer.concat([head, body]))
}
