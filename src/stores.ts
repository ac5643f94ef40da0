import type { EventsLocation } from './locations.js'
import type { EventStore } from './store/port.js'
import { openSqliteEventStore } from './store/sqlite.js'

/** The one place that knows which adapter stands behind which location. */

/** Told what an operator should know. */
type Say = (message: string) => void

export interface EventStoreOptions {
  readonly acceptLog: boolean
  readonly log: Say
  /** Gives up an opening that waits for space. */
  readonly signal: AbortSignal
}

/** For writing. Rejects with what an operator must mend. */
export const openEventStore = async (
  { path }: EventsLocation,
  { acceptLog, log }: EventStoreOptions,
): Promise<EventStore> => openSqliteEventStore({ path, acceptLog, log })
