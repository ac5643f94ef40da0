import { randomUUID } from 'node:crypto'
import type { AppendResult, EventStoreDBClient } from '@eventstore/db-client'
import type { Test } from 'tap'
import { folder } from '../../store/support.js'
import { connect, fact, places } from './client.js'
import { startDouble } from './double.js'

/** A real server, where COUNTERFOIL_TEST_EVENTSTORE=esdb://… names one, else a double that is stopped with the test. */
export interface World {
  readonly connectionString: string
  readonly client: EventStoreDBClient
  /** All streams of this run begin so. */
  readonly prefix: string
  /** A stream that is not there yet. */
  fresh(): string
  append(stream: string, expectedRevision: bigint | 'no_stream', ...ids: string[]): Promise<AppendResult>
  read(stream: string): Promise<string[]>
}

export const serve = async (t: Test): Promise<World> => {
  const real = process.env.COUNTERFOIL_TEST_EVENTSTORE
  const double = real === undefined ? await startDouble({ directory: folder(t), systemEventEvery: 2 }) : null
  t.teardown(() => double?.stop())
  const connectionString = real ?? double?.connectionString ?? ''
  const client = connect(t, connectionString)
  const prefix = `double-${randomUUID()}-`
  return {
    connectionString,
    client,
    prefix,
    fresh: () => `${prefix}${randomUUID()}`,
    append: (stream, expectedRevision, ...ids) => {
      const events = ids.map((id) => fact(id))
      return client.appendToStream(stream, events, { expectedRevision })
    },
    read: (stream) => places(client.readStream(stream, { maxCount: 100 })),
  }
}
