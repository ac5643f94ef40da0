import { randomUUID } from 'node:crypto'
import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client'
import { outgoing } from '../../src/store/eventstoredb/outgoing.js'
import type { NewEvent } from '../../src/store/port.js'

export interface RawAppend {
  readonly connection: string
  /** What is appended, over and over, under new ids. */
  readonly events: readonly NewEvent[]
  /** Appends under way, each to a stream of its own at an exact revision. */
  readonly atOnce: number
  readonly perAppend: number
  readonly seconds: number
}

/** Appends with the bare client: what it can do alone. Gives events per second. */
export const rawAppend = async ({ connection, events, atOnce, perAppend, seconds }: RawAppend): Promise<number> => {
  const client = EventStoreDBClient.connectionString(connection)
  let [next, done] = [0, 0]
  const some = () =>
    Array.from({ length: perAppend }, () => {
      const event = events[next++ % events.length]
      if (event === undefined) throw new Error('There is nothing to append.')
      return outgoing({ ...event, id: randomUUID() })
    })
  // A hundred at once on a fresh connection have been seen to hang.
  await client.appendToStream(`raw-${randomUUID()}`, some(), { expectedRevision: NO_STREAM })
  const start = performance.now()
  const until = start + seconds * 1000
  const write = async (): Promise<void> => {
    const stream = `raw-${randomUUID()}`
    for (let revision = -1n; performance.now() < until; revision += BigInt(perAppend)) {
      const expectedRevision = revision === -1n ? NO_STREAM : revision
      await client.appendToStream(stream, some(), { expectedRevision })
      done += perAppend
    }
  }
  await Promise.all(Array.from({ length: atOnce }, write))
  const speed = done / ((performance.now() - start) / 1000)
  await client.dispose()
  return speed
}
