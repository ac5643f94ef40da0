import type { StreamEvent } from '../../events/envelope.js'
import type { AccountFact } from './facts.js'
import type { Charge } from './state.js'
import { DAY_MS, later } from './time.js'

type Changing = Extract<
  AccountFact<StreamEvent>,
  {
    type:
      | 'CheckoutStarted'
      | 'CheckoutPaid'
      | 'CheckoutFailed'
      | 'ChargeReturned'
      | 'PaymentSettled'
      | 'PaymentReturned'
      | 'CardRefundRequested'
      | 'CardRefunded'
      | 'CardRefundFailed'
  }
>

/** How long after it has failed a checkout's charge may turn up yet. */
const WATCHED = 30 * DAY_MS

/** Folds what the gateway is to be asked about. `leaf` is the event's number in the log, or `IN_FLIGHT`. */
export const evolveCharges = (before: readonly Charge[], event: Changing, leaf: number): readonly Charge[] => {
  const since = event.metadata.recordedAt
  switch (event.type) {
    case 'CheckoutStarted':
      return [...recent(before, since), { kind: 'open', id: event.data.checkout, leaf, since }]
    case 'CheckoutPaid':
      return change(before, event.data.checkout, 'unsettled')
    case 'CheckoutFailed':
      return event.data.reason === 'not_found'
        ? change(before, event.data.checkout, 'missing', since)
        : without(before, event.data.checkout)
    case 'ChargeReturned':
      // Of a checkout that another charge has paid, that other one is still asked about.
      return before.filter(({ id, kind }) => id !== event.data.checkout || kind !== 'missing')
    case 'PaymentSettled':
    case 'PaymentReturned':
      return without(before, event.data.checkout)
    case 'CardRefundRequested':
      return [...recent(before, since), { kind: 'refund', id: event.data.refund, leaf, since }]
    case 'CardRefunded':
    case 'CardRefundFailed':
      return without(before, event.data.refund)
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

const recent = (all: readonly Charge[], now: string): readonly Charge[] => all.filter((one) => isWatched(one, now))

/** The gateway is still asked about it. */
export const isWatched = ({ kind, since }: Charge, now: string): boolean =>
  kind !== 'missing' || later(since, WATCHED) > now

const change = (all: readonly Charge[], id: string, kind: Charge['kind'], since?: string): readonly Charge[] =>
  all.map((one) => (one.id === id ? { ...one, kind, ...(since !== undefined && { since }) } : one))

const without = (all: readonly Charge[], id: string): readonly Charge[] => all.filter((one) => one.id !== id)
