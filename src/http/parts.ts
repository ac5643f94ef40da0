import type { StreamEvent } from '../../events/envelope.js'
import type { Mac } from '../commands/mac.js'
import type { Commands } from '../commands/port.js'
import type { Visibility } from '../follower/visibility.js'
import type { RebuildEnd } from '../reports/rebuild.js'
import type { EventLog, RecordedEvent } from '../store/port.js'
import type { ViewReader } from '../views/port.js'
import type { Authenticate } from './auth.js'

/** One thing that must work before requests are taken. `code` and `detail` say why it does not. */
export interface Readiness {
  readonly name: string
  readonly ready: boolean
  readonly code?: string
  readonly detail?: string
}

/** All that the routes work with. */
export interface Parts {
  readonly commands: Commands
  readonly views: Omit<ViewReader, 'close'>
  readonly log: Pick<EventLog, 'readStream'>
  /** The store's door: throws on bytes that are no event of ours. */
  readonly decode: (recorded: RecordedEvent) => StreamEvent
  readonly visibility: Pick<Visibility, 'wait'>
  readonly authenticate: Authenticate
  readonly ready: () => Promise<readonly Readiness[]>
  /** Leaf number of the last event at start: before the views have come to it, nothing is read from them. */
  readonly from: number
  /** Makes the views anew from the log; one at a time, `null` while another is under way. Throws `RequestRefused` where no views are folded. */
  readonly rebuild: (progress: (done: number, total: number) => void) => Promise<RebuildEnd> | null
  /** Under it request fingerprints are made; the same on every process, and for ever. */
  readonly mac: Mac
  /** A new id for a request, which is also its correlation id where it names none: 1 to 128 visible ASCII characters. */
  readonly drawId: () => string
  /** IANA name of the zone in which the bill API counts days. */
  readonly timeZone: string
}

/** The projection that the bill API and /v1 read. */
export const LEDGER = 'ledger'
