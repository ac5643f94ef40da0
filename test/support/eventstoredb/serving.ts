import type { Faults } from './faults.js'
import type { Log } from './log.js'

/** A subscription that is open. */
export interface Open {
  tooSlow(): void
  stall(): void
}

/** What every call of one run of the server works with. */
export interface Serving {
  readonly log: Log
  readonly faults: Faults
  /** Cuts the connection of a peer, as a call names it. */
  readonly drop: (peer: string) => void
  readonly subscriptions: Set<Open>
}
