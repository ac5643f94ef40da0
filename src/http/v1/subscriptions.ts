import { deviceId } from '../../../events/parts.js'
import { amountText } from '../../ledger/money.js'
import { leftOf } from '../../ledger/quotas.js'
import {
  type DeviceRow,
  type PurchaseRow,
  quotaOf,
  type SubscribedPlan,
  usedOn,
} from '../../projections/subscriptions.js'
import { balanceOf } from '../balance.js'
import {
  deviceNameOf,
  deviceNameText,
  type Found,
  findSubscription,
  listSubscriptions,
  openDevice,
} from '../device-subscriptions.js'
import { Fields } from '../fields.js'
import { type Writable, writeJson } from '../json.js'
import { type Personal, personalOf } from '../personal.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { bounds, nextLink } from '../rows.js'
import { decimalText, named, subscriptionId, text } from '../schema.js'
import { writeToken } from '../token.js'
import { eventOf, eventReply } from './reply.js'
import { byName, cursor, fields, limit } from './schemas.js'

const common = { kind: 'command', method: 'POST', toReply: eventReply } as const
const params = fields({ name: named, subscription: subscriptionId })
const names = (call: Call) => ({ account: call.params.name('name'), subscription: call.params.text('subscription') })

const open: CommandRoute = {
  ...common,
  url: '/v1/accounts/:name/subscriptions',
  params: byName,
  body: fields({ device: deviceId }, { deviceName: deviceNameText }),
  commands: ['open-subscription'],
  status: 201,
  perform: (call, ask) => openDevice(call, call.params.name('name'), ask),
  // The event has the name sealed. A repeated request has the same one.
  toReply: ({ event }, { body }) =>
    writeJson(eventOf({ ...event, data: { ...event.data, ...body.some('deviceName') } })),
}

const quotas = ['sms', 'email', 'notification', 'storage'] as const
const used = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: { sms: decimalText, email: decimalText, notification: decimalText, storage: decimalText },
} as const

const usage: CommandRoute = {
  ...common,
  url: '/v1/accounts/:name/subscriptions/:subscription/usage',
  params,
  body: fields({ used }, { reference: text }),
  commands: ['report-usage'],
  status: 201,
  toIntent: (call) => {
    const reported = new Fields(call.body.raw('used')).some(...quotas)
    return intent('report-usage', { ...names(call), used: reported, ...call.body.some('reference') })
  },
}

const cancel: CommandRoute = {
  ...common,
  url: '/v1/accounts/:name/subscriptions/:subscription/cancel',
  params,
  commands: ['cancel-subscription'],
  status: 200,
  toIntent: (call) => intent('cancel-subscription', names(call)),
}

const close: CommandRoute = {
  ...common,
  url: '/v1/accounts/:name/subscriptions/:subscription/close',
  params,
  commands: ['close-subscription'],
  status: 200,
  toIntent: (call) => intent('close-subscription', names(call)),
}

/** How a plan stands, whatever it runs on. */
const standing = ({ state, until, paid, next, draft, endedOn, reason }: SubscribedPlan) => ({
  state,
  until: until ?? undefined,
  paidBy: paid?.by,
  next: next?.plan,
  draft: draft === null ? undefined : { checkout: draft.checkout, ...draft.plan },
  endedOn: endedOn ?? undefined,
  reason: reason ?? undefined,
})

const shownPurchase = ({ order, recordedAt, currency, amount, refunded, items }: PurchaseRow) => ({
  order,
  recordedAt,
  currency,
  amount: amountText(amount, currency),
  refundedAmount: amountText(refunded, currency),
  plans: items.map((item) => ({ ...item.plan, ...standing(item) })),
})

const shownDevice = async (row: DeviceRow, personal: Personal, today: string) => {
  const { subscription, hex, device, recordedAt, item } = row
  const quota = quotaOf(item.plan)
  const usedNow = usedOn(item, today)
  return {
    subscription,
    hex,
    device,
    deviceName: await deviceNameOf(personal, row),
    recordedAt,
    plan: item.plan,
    ...standing(item),
    quota,
    used: usedNow,
    left: leftOf(quota, usedNow),
  }
}

const shown = async (found: readonly Found[], { parts }: Call, account: string): Promise<Writable[]> => {
  const [personal, today] = [personalOf(parts, account), parts.today()]
  const all: Writable[] = []
  for (const { leaf, row } of found) {
    const what = row.kind === 'device' ? await shownDevice(row, personal, today) : shownPurchase(row)
    all.push({ number: leaf, ...what })
  }
  return all
}

const DEFAULT_LIMIT = '100'

/** A page of an account's purchases and devices, newest first, each with its plans and how they stand. */
const readAll = async (call: Call): Promise<Answer> => {
  const account = call.params.name('name')
  await balanceOf(call, account)
  const asked = call.query.some('limit', 'cursor')
  const range = bounds(asked.cursor, 'backwards')
  const max = Number(asked.limit ?? DEFAULT_LIMIT)
  const { found, next } = await listSubscriptions(call.parts, { key: account, ...range, max })
  const body = writeJson({
    subscriptions: await shown(found, call, account),
    next: next === undefined ? null : writeToken('c1', next),
  })
  if (next === undefined) return { status: 200, body }
  const path = `/v1/accounts/${encodeURIComponent(account)}/subscriptions`
  return { status: 200, body, link: nextLink(path, call.query.some('limit'), next) }
}

const list: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/accounts/:name/subscriptions',
  params: byName,
  query: fields({}, { limit, cursor }),
  read: readAll,
}

/** The device, or the purchase that began it. */
const one: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/accounts/:name/subscriptions/:subscription',
  params,
  read: async (call) => {
    const { account, subscription } = names(call)
    await balanceOf(call, account)
    const found = await findSubscription(call.parts, account, subscription)
    const [body = null] = await shown([found], call, account)
    return { status: 200, body: writeJson(body) }
  },
}

export const subscriptionRoutes: readonly Route[] = [open, list, one, usage, cancel, close]
