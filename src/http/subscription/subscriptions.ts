import { sumOf } from '../../ledger/quotas.js'
import { catalogue, itemKey } from '../../projections/catalogue.js'
import { type DeviceRow, type SeenPlan, type SubscribedPlan, usedOn } from '../../projections/subscriptions.js'
import { deviceNameOf, findSubscription, listSubscriptions } from '../device-subscriptions.js'
import { RequestRefused } from '../errors.js'
import type { Writable } from '../json.js'
import { pages } from '../on-sale.js'
import { type Personal, personalOf } from '../personal.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { bounds, nextLink } from '../rows.js'
import { fields, subscriptionId } from '../schema.js'
import { withData } from './reply.js'
import { createDayBegins, epochSeconds } from './time.js'

/** What showing the subscriptions of one request works with. */
interface Showing {
  readonly call: Call
  readonly personal: Personal
  readonly dayBegins: ReturnType<typeof createDayBegins>
  /** When a plan was published first, and last changed. */
  readonly timesOf: (plan: string) => Promise<{ readonly createdAt: string; readonly modifiedAt: string } | undefined>
}

const showingOf = (call: Call): Showing => {
  const known = new Map<string, ReturnType<Showing['timesOf']>>()
  const timesOf: Showing['timesOf'] = (plan) => {
    const found = known.get(plan) ?? readTimes(call, plan)
    known.set(plan, found)
    return found
  }
  return { call, personal: personalOf(call.parts, call.caller.subject), dayBegins: createDayBegins(), timesOf }
}

const readTimes: (call: Call, plan: string) => ReturnType<Showing['timesOf']> = async ({ parts }, plan) => {
  const record = await parts.views.document(catalogue.name, itemKey({ kind: 'plan', id: plan }))
  const entry = record === null ? null : catalogue.document.decode(record.body)
  if (entry === null || entry.kind === 'list') return undefined
  return { createdAt: epochSeconds(entry.publishedAt), modifiedAt: epochSeconds(entry.changedAt) }
}

/** As it was bought; the times are those of the catalogue, or else of the subscription. Add-ons are shown beside it. */
const shownPlan = async ({ plan, name, price, quotas = {} }: SeenPlan, row: DeviceRow, { timesOf }: Showing) => {
  const at = epochSeconds(row.recordedAt)
  const { createdAt, modifiedAt } = (await timesOf(plan)) ?? { createdAt: at, modifiedAt: at }
  return { _id: plan, createdAt, modifiedAt, ...sumOf(quotas), name, price, bt_plan_id: plan }
}

/** `null`: nothing comes after it. */
const nextOf = ({ item, free }: DeviceRow): { readonly hex: string | null; readonly plan: SeenPlan } | null => {
  if (item.state === 'ended') return null
  if (item.next !== null) return item.next
  return { hex: null, plan: item.state === 'cancelled' ? free : item.plan }
}

const statusOf = ({ state }: SubscribedPlan): string => (state === 'ended' || state === 'past_due' ? state : 'normal')

const shown = async (row: DeviceRow, showing: Showing): Promise<Writable> => {
  const { call, personal, dayBegins } = showing
  const { item } = row
  const { plan, paid, draft } = item
  const next = nextOf(row)
  const day = (which: 'start' | 'end') =>
    plan.period === undefined ? null : dayBegins(plan.period[which], plan.period.zone)
  const planned = async (what: SeenPlan) => ({
    plan: await shownPlan(what, row, showing),
    addon_ids: (what.addons ?? []).map(({ addon }) => addon),
    bt_sub: null,
  })
  return {
    _id: row.hex,
    username: call.caller.subject,
    deviceid: row.device,
    devicename: (await deviceNameOf(personal, row)) ?? '',
    status: statusOf(item),
    draft_status: draft !== null,
    current: {
      _id: paid?.hex ?? null,
      start: day('start'),
      end: day('end'),
      ...usedOn(item, call.parts.today()),
      ...(await planned(plan)),
    },
    next: next && { _id: next.hex, ...(await planned(next.plan)) },
    draft: draft && { _id: draft.hex, ...(await planned(draft.plan)) },
  }
}

const DEFAULT_LIMIT = '1000'

/** The devices of the caller, the newest first. A page may be short and still have a next one. */
const readAll = async (call: Call): Promise<Answer> => {
  const { caller, query, parts } = call
  const asked = query.some('limit', 'cursor')
  const range = bounds(asked.cursor, 'backwards')
  const max = Number(asked.limit ?? DEFAULT_LIMIT)
  const { found, next } = await listSubscriptions(parts, { key: caller.subject, ...range, max })
  const showing = showingOf(call)
  const all: Writable[] = []
  for (const { row } of found) if (row.kind === 'device') all.push(await shown(row, showing))
  const body = withData(all)
  if (next === undefined) return { status: 200, body }
  return { status: 200, body, link: nextLink('/payment/subscription/', query.some('limit'), next) }
}

const list: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/payment/subscription',
  query: fields({}, pages),
  read: readAll,
}

const one: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/payment/subscription/:id',
  params: fields({ id: subscriptionId }),
  read: async (call) => {
    const { row } = await findSubscription(call.parts, call.caller.subject, call.params.text('id'))
    if (row.kind !== 'device') throw new RequestRefused('subscription_not_found')
    return { status: 200, body: withData(await shown(row, showingOf(call))) }
  },
}

/** The free plan comes next, when what is paid has ended. */
const cancel: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/payment/cancel_subscription',
  body: fields({ subscription_id: subscriptionId }),
  commands: ['cancel-subscription'],
  status: 200,
  toIntent: ({ caller, body }) =>
    intent('cancel-subscription', { account: caller.subject, subscription: body.text('subscription_id') }),
  toReply: () => withData(true),
}

/** Subscriptions of the caller's devices. */
export const subscriptionRoutes: readonly Route[] = [list, one, cancel]
