import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { openEventStoreDb } from '../../src/store/eventstoredb.js'
import type { EventStore } from '../../src/store/port.js'
import { eventStoreContract } from '../contract/event-store.js'
import { startDouble } from '../support/eventstoredb/double.js'
import { folder } from './support.js'

const elsewhere = process.env.COUNTERFOIL_TEST_EVENTSTORE

/** The server of the environment, or a double. */
const server = async (t: Test): Promise<string> => {
  if (elsewhere !== undefined) return elsewhere
  const double = await startDouble({ directory: folder(t) })
  t.teardown(() => double.stop())
  return double.connectionString
}

const connection = await server(t)
const prefixes = new Map<EventStore, string>()
const open = async (prefix: string): Promise<EventStore> => {
  const store = await openEventStoreDb({ connection, prefix, log: (message) => t.comment(message) })
  prefixes.set(store, prefix)
  return store
}

eventStoreContract(
  'eventstoredb',
  {
    make: () => open(`test-${randomUUID()}-`),
    reopen: (_, closed) => open(prefixes.get(closed) ?? ''),
  },
  t,
)
