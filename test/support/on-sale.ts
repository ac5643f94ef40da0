import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Fact } from '../../events/catalogue.js'
import { CATALOGUE } from '../../src/ledger/streams.js'
import { encode } from '../../src/store/encode.js'
import type { EventStore } from '../../src/store/port.js'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import { idOf } from './books.js'
import { NOW } from './given.js'

/** Facts of the catalogue, in a log that holds none yet. */
export const publish = (store: EventStore, facts: readonly Fact[]): Promise<void> => put(store, CATALOGUE, facts)

/** Facts of one stream, from this revision on. */
export const put = async (store: EventStore, stream: string, facts: readonly Fact[], from = 0): Promise<void> => {
  const metadata = { recordedAt: NOW, actor: 'operator', correlationId: 'on-sale', causationId: idOf(1) }
  const events = facts.map((fact, index) => encode(fact, stream, from + index - 1, metadata))
  await store.append(stream, from - 1, events)
}

/** The same into the log of a data folder whose server does not run yet. */
export const publishInto = async (data: string, facts: readonly Fact[]): Promise<void> => {
  mkdirSync(data, { recursive: true })
  const store = await openSqliteEventStore({ path: join(data, 'events.db'), log: () => undefined })
  await publish(store, facts)
  await store.close()
}
