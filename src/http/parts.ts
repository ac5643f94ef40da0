import type { StreamEvent } from '../../events/envelope.js'
import type { AskedToSettle, SettlingEnd } from '../commands/asking-scheduler.js'
import type { Charging } from '../commands/charging.js'
import type { CouponCodes } from '../commands/coupon-codes.js'
import type { ListDoubts } from '../commands/doubts.js'
import type { AskedToFail, FailingEnd } from '../commands/fail-checkout.js'
import type { Mac } from '../commands/mac.js'
import type { Commands } from '../commands/port.js'
import type { RenewalEnd } from '../commands/renewals.js'
import type { AskedToRenew } from '../commands/renewing.js'
import type { Visibility } from '../follower/visibility.js'
import type { Gateway } from '../gateway/port.js'
import type { RebuildEnd } from '../reports/rebuild.js'
import type { SecretStore } from '../secrets/port.js'
import type { EventLog, RecordedEvent } from '../store/port.js'
import type { ViewReader } from '../views/port.js'
import type { Authenticate } from './auth.js'
import type { Guesses } from './guesses.js'

/** One thing that must work before requests are taken. `code` and `detail` say why it does not; of the card gateway, which may be away, what it said last. */
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
  readonly secrets: Pick<SecretStore, 'put' | 'get' | 'destroy'>
  /** The store's door: throws on bytes that are no event of ours. */
  readonly decode: (recorded: RecordedEvent) => StreamEvent
  readonly visibility: Pick<Visibility, 'reached' | 'wait' | 'show'>
  readonly authenticate: Authenticate
  readonly ready: () => Promise<readonly Readiness[]>
  /** Leaf number of the last event at start: before the views have come to it, nothing is read from them. */
  readonly from: number
  /** Makes the views of these projections anew from the log; one request at a time, `null` while another is under way. Throws `RequestRefused` where no views are folded. */
  readonly rebuild: (
    projections: readonly string[],
    progress: (done: number, total: number) => void,
  ) => Promise<RebuildEnd> | null
  /** Charges the periods of plans that are due; one run at a time, `null` while another is under way. */
  readonly renew: (asked: AskedToRenew) => Promise<RenewalEnd> | null
  /** Asks the card gateway about all that is in doubt or on its way; one run at a time, `null` while another is under way. */
  readonly settle: (asked: AskedToSettle) => Promise<SettlingEnd> | null
  /** Ends a checkout that is charged for something else than was asked for; one at a time, `null` while another is under way. */
  readonly failCheckout: (asked: AskedToFail) => Promise<FailingEnd> | null
  readonly doubts: ListDoubts
  readonly charge: Charging['charge']
  readonly clientToken: Gateway['clientToken']
  /** The date now, in `timeZone`. */
  readonly today: () => string
  /** Of any currency, in ten-thousandths: the payment API says `notification` of an account whose balance is below. */
  readonly lowBalance: bigint
  /** Under it request fingerprints are made; the same on every process, and for ever. */
  readonly mac: Mac
  /** A new id for a request, which is also its correlation id where it names none: 1 to 128 visible ASCII characters. */
  readonly drawId: () => string
  /** IANA name of the zone in which the bill API counts days and the payment API tells times. */
  readonly timeZone: string
  readonly coupons: CouponCodes
  readonly guesses: Guesses
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Random bytes from the system's own generator. */
  readonly draw: (size: number) => Uint8Array
  /** The code in the table of taxes of a country as a person wrote it; `undefined`: no tax is due there. */
  readonly taxCountryOf: (country: string) => string | undefined
}

/** The projection of coupons. */
export const COUPONS = 'coupons'
/** The projection of service instances. */
export const INSTANCES = 'instances'
/** The projection of customers. */
export const CUSTOMERS = 'customers'

/** The projection that the bill API and /v1 read. */
export const LEDGER = 'ledger'
