import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { batchAppend } from './batch-append.js'
import type { Faults } from './faults.js'
import { clusterInfo, serverInfo, supportedMethods } from './features.js'
import { Log } from './log.js'
import { GossipService, ServerFeaturesService, StreamsService } from './protocol.js'
import { read } from './reading.js'
import type { Open, Serving } from './serving.js'
import { singleAppend } from './single-append.js'
import { noteItself } from './system-events.js'

interface Running {
  readonly directory: string
  /** 0: a free one. */
  readonly port: number
  readonly faults: Faults
  readonly systemEventEvery: number
}

/** From one start of the server to its stop. */
export interface Run {
  readonly port: number
  dropConnections(): void
  /** Does something to each that is open. */
  subscriptions(act: (one: Open) => void): void
  stop(): Promise<void>
}

/** As Kestrel has it: a client gets no more at once on one connection. */
const STREAMS_PER_CONNECTION = 100

const grpcServer = (serving: Serving, port: () => number): Server => {
  const server = new Server({
    'grpc.max_concurrent_streams': STREAMS_PER_CONNECTION,
    'grpc.max_receive_message_length': 17 * 1024 * 1024,
  })
  const reading = { ...StreamsService.read, responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes) }
  server.addService(
    { read: reading, append: StreamsService.append, batchAppend: StreamsService.batchAppend },
    { read: read(serving), append: singleAppend(serving), batchAppend: batchAppend(serving) },
  )
  server.addService(ServerFeaturesService, { getSupportedMethods: supportedMethods(serving) })
  server.addService(GossipService, { read: clusterInfo(serving, port) })
  return server
}

const listen = (server: ReturnType<typeof createServer>, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

/** One port for both: what begins as HTTP/2 does is a call, anything else a plain request. */
const sort = (socket: Socket, calls: (socket: Socket) => void, requests: (socket: Socket) => void): void => {
  socket.once('readable', () => {
    const first: Buffer | null = socket.read()
    if (first === null) return socket.destroy()
    socket.unshift(first)
    if (first.subarray(0, 3).toString() === 'PRI') calls(socket)
    else requests(socket)
  })
}

export const run = async ({ directory, port: wanted, faults, systemEventEvery }: Running): Promise<Run> => {
  const log = new Log(directory, () => faults.now())
  noteItself(log, systemEventEvery)
  const sockets = new Map<string, Socket>()
  const drop = (peer: string): void => {
    sockets.get(peer)?.destroy()
  }
  const serving: Serving = { log, faults, drop, subscriptions: new Set() }
  const server = grpcServer(serving, () => port)
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure())
  const http = createHttpServer(serverInfo(serving))
  const front = createServer((socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`
    sockets.set(peer, socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(peer))
    const calls = (connection: Socket): void => injector.injectConnection(connection)
    faults.pass(() => sort(socket, calls, (connection) => http.emit('connection', connection)))
  })
  const port = await listen(front, wanted)
  const dropConnections = (): void => {
    for (const socket of sockets.values()) socket.destroy()
  }
  return {
    port,
    dropConnections,
    subscriptions: (act) => serving.subscriptions.forEach(act),
    stop: async () => {
      if (!front.listening) return
      const closed = new Promise((resolve) => front.close(resolve))
      dropConnections()
      injector.destroy()
      server.forceShutdown()
      await closed
      log.close()
    },
  }
}
