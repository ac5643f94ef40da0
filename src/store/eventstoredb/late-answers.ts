import type { EventStoreDBClient } from '@eventstore/db-client'

/**
 * All clients of a thread keep their appends under way in one table, which the client (6.2.1) empties when the stream of any of them
 * fails. An answer that comes later on another stream throws inside it, which would end the process. Here such an answer is dropped: whoever
 * waited for it was told that the outcome is unknown, and repeats the append.
 */
export const dropLateAnswers = (client: EventStoreDBClient): EventStoreDBClient => {
  const create: StreamCreator = Reflect.get(client, 'GRPCStreamCreator')
  const guarded: StreamCreator = (service, name, creator, cache) =>
    create(service, name, (grpc) => guard(creator(grpc)), cache)
  Reflect.set(client, 'GRPCStreamCreator', guarded)
  return client
}

/** A part of the client that its types hide: makes the streams of one kind of call. */
type StreamCreator = (
  service: unknown,
  name: string,
  creator: (grpc: unknown) => NodeJS.EventEmitter,
  cache?: unknown,
) => () => Promise<NodeJS.EventEmitter>

const guard = (stream: NodeJS.EventEmitter): NodeJS.EventEmitter => {
  const [take] = stream.listeners('data')
  // Only the stream of the appends has its listener from the beginning.
  if (take === undefined) return stream
  stream.removeAllListeners('data')
  return stream.on('data', (answer: unknown) => {
    try {
      take(answer)
    } catch {
      // Nobody waits for it any more.
    }
  })
}
