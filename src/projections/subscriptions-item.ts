import type { DataOf } from '../../events/catalogue.js'
import type { EventOf } from '../follower/projection.js'
import { wholePeriod } from '../ledger/calendar.js'
import { type AllQuotas, type Quotas, sumOf } from '../ledger/quotas.js'
import type { BoughtPlan } from '../ledger/state.js'

/** The events of subscriptions that exist. */
export type Changing = EventOf<
  | 'Purchased'
  | 'SubscriptionRenewed'
  | 'SubscriptionPastDue'
  | 'SubscriptionCancelled'
  | 'SubscriptionReverted'
  | 'SubscriptionEnded'
  | 'UsageReported'
  | 'CheckoutStarted'
  | 'CheckoutPaid'
  | 'CheckoutFailed'
>

/** `bought`: a plan that is not renewed. `cancelled`: it ends with its period. */
export const states = ['bought', 'active', 'past_due', 'cancelled', 'ended'] as const
export const reasons = ['unpaid', 'cancelled', 'refunded'] as const

/** A plan as it was bought, with its add-ons; how its price came about is told elsewhere. */
export type SeenPlan = Omit<BoughtPlan, 'waits' | 'proration' | 'subscriptionLeaf'>

/** What an event brings: `hex` are 24 digits of its id. */
export interface Brought {
  readonly hex: string
  readonly plan: SeenPlan
}

/** One plan, and how it stands. */
export interface SubscribedPlan {
  /** Its period is the one that is paid; without one: the free plan, or what is not renewed. */
  readonly plan: SeenPlan
  readonly state: (typeof states)[number]
  /** The last day of grace, while it is past due. */
  readonly until: string | null
  /** What has paid for the period: the order or checkout, and `hex` of its event. */
  readonly paid: { readonly by: string; readonly hex: string } | null
  /** It begins when the period ends. */
  readonly next: Brought | null
  /** A card is being charged for it. */
  readonly draft: (Brought & { readonly checkout: string }) | null
  /** In the period that is paid; without one in the month `usedIn`, as `2026-03`. */
  readonly used: AllQuotas
  readonly usedIn: string | null
  /** The first day without it, and why. */
  readonly endedOn: string | null
  readonly reason: (typeof reasons)[number] | null
}

export const seen = ({ waits: _, proration: __, subscriptionLeaf: ___, ...plan }: BoughtPlan): SeenPlan => plan

const unused = { used: sumOf(), usedIn: null }

/** As it begins. */
export const begun = (
  plan: BoughtPlan,
  state: SubscribedPlan['state'],
  paid: SubscribedPlan['paid'],
): SubscribedPlan => ({
  plan: seen(plan),
  state,
  until: null,
  paid,
  next: null,
  draft: null,
  ...unused,
  endedOn: null,
  reason: null,
})

/** What an event does to the subscription of this id. */
export const evolveItem = (before: SubscribedPlan, id: string, hex: string, event: Changing): SubscribedPlan => {
  switch (event.type) {
    case 'Purchased':
    case 'SubscriptionRenewed':
      return sold(before, itemOf(event, id), { by: event.data.order, hex })
    case 'CheckoutPaid':
      return { ...sold(before, itemOf(event, id), { by: event.data.checkout, hex }), draft: null }
    case 'CheckoutStarted': {
      const item = itemOf(event, id)
      return item === undefined
        ? before
        : { ...before, draft: { checkout: event.data.checkout, hex, plan: seen(item) } }
    }
    case 'CheckoutFailed':
      return before.draft?.checkout === event.data.checkout ? { ...before, draft: null } : before
    default:
      return event.data.subscription === id ? evolveOne(before, event) : before
  }
}

type OfOne = Exclude<Changing, { readonly data: { readonly items: unknown } }>

const evolveOne = (before: SubscribedPlan, event: OfOne): SubscribedPlan => {
  switch (event.type) {
    case 'SubscriptionPastDue':
      return { ...before, state: 'past_due', until: event.data.until }
    case 'SubscriptionCancelled':
      return { ...before, plan: upTo(before.plan, event.data.endsOn), state: 'cancelled', until: null, next: null }
    case 'SubscriptionReverted':
      // A card may be charged for it all the same.
      return { ...begun(event.data.item, 'active', null), draft: before.draft }
    case 'SubscriptionEnded': {
      const { endedOn, reason } = event.data
      return { ...before, state: 'ended', until: null, next: null, draft: null, endedOn, reason }
    }
    case 'UsageReported':
      return { ...before, ...moreUsed(before, event.data) }
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

/** What was charged ahead is given back: it runs to the end of the period before. */
const upTo = (plan: SeenPlan, endsOn: string): SeenPlan =>
  plan.period !== undefined && endsOn < plan.period.end
    ? { ...plan, period: wholePeriod({ ...plan.period, end: endsOn }) }
    : plan

const itemOf = (
  { data }: EventOf<'Purchased' | 'SubscriptionRenewed' | 'CheckoutStarted' | 'CheckoutPaid'>,
  id: string,
) => data.items.find(({ subscription }) => subscription === id)

const sold = (before: SubscribedPlan, item: BoughtPlan | undefined, paid: NonNullable<SubscribedPlan['paid']>) => {
  if (item === undefined) return before
  // Only a cancellation is taken back by it: what is not paid stays so.
  const state = before.until === null ? 'active' : before.state
  if (item.waits) return { ...before, state, next: { hex: paid.hex, plan: seen(item) } }
  const { draft, used, usedIn } = before
  return { ...begun(item, 'active', paid), draft, ...(isWithin(before.plan, item) && { used, usedIn }) }
}

/** The plan was changed within the period: what was used of it stays used. */
const isWithin = ({ period: before }: SeenPlan, { period: now }: BoughtPlan): boolean =>
  before !== undefined && before.end === now?.end && before.unit === now.unit

const moreUsed = ({ plan, used, usedIn }: SubscribedPlan, report: Pick<DataOf<'UsageReported'>, 'on' | 'used'>) => {
  if (plan.period !== undefined) return { used: sumOf(used, report.used) }
  const month = report.on.slice(0, MONTH)
  return { used: sumOf(usedIn === month ? used : {}, report.used), usedIn: month }
}

const MONTH = '2026-03'.length

/** What the plan and its add-ons allow. */
export const quotaOf = ({ quotas = {}, addons = [] }: SeenPlan): AllQuotas =>
  sumOf(quotas, ...addons.map((addon): Quotas => addon.quotas))

/** What is used on a day: on the free plan what was used in another month does not count. */
export const usedOn = ({ plan, used, usedIn }: SubscribedPlan, today: string): AllQuotas =>
  plan.period !== undefined || usedIn === today.slice(0, MONTH) ? used : unused.used
