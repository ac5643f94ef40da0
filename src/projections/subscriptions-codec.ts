import type { Codec } from '../follower/projection.js'
import { amountText, fromEvent } from '../ledger/money.js'
import type { JsonObject } from '../views/port.js'
import { object, objectOrNull, objects, oneOf, text, textOrNull } from './body.js'
import { type Brought, reasons, type SubscribedPlan, states } from './subscriptions-item.js'
import { decodePlan, decodeQuotas, encodePlan } from './subscriptions-plan-codec.js'
import type { DeviceRow, PurchaseRow, SubscriptionRow } from './subscriptions-row.js'

/** Money as decimal strings; what is `null` is left out. */
export const rowCodec: Codec<SubscriptionRow> = {
  encode: (row) => (row.kind === 'device' ? encodeDevice(row) : encodePurchase(row)),
  decode: (body) =>
    oneOf(body, 'kind', ['purchase', 'device']) === 'device' ? decodeDevice(body) : decodePurchase(body),
}

const encodePurchase = ({ kind, order, recordedAt, currency, amount, refunded, items }: PurchaseRow): JsonObject => ({
  kind,
  order,
  recordedAt,
  currency,
  amount: amountText(amount, currency),
  refunded: amountText(refunded, currency),
  items: items.map(encodeItem),
})

const decodePurchase = (body: JsonObject): PurchaseRow => ({
  kind: 'purchase',
  order: text(body, 'order'),
  recordedAt: text(body, 'recordedAt'),
  currency: text(body, 'currency'),
  amount: fromEvent(text(body, 'amount')),
  refunded: fromEvent(text(body, 'refunded')),
  items: objects(body, 'items').map(decodeItem),
})

const encodeDevice = ({
  kind,
  subscription,
  hex,
  device,
  deviceName,
  recordedAt,
  free,
  item,
}: DeviceRow): JsonObject => ({
  kind,
  subscription,
  hex,
  device,
  ...(deviceName && { deviceName: { personKey: deviceName.personKey, sealed: deviceName.sealed } }),
  recordedAt,
  free: encodePlan(free),
  item: encodeItem(item),
})

const decodeDevice = (body: JsonObject): DeviceRow => {
  const name = objectOrNull(body, 'deviceName')
  return {
    kind: 'device',
    subscription: text(body, 'subscription'),
    hex: text(body, 'hex'),
    device: text(body, 'device'),
    deviceName: name && { personKey: text(name, 'personKey'), sealed: text(name, 'sealed') },
    recordedAt: text(body, 'recordedAt'),
    free: decodePlan(object(body, 'free')),
    item: decodeItem(object(body, 'item')),
  }
}

const encodeItem = (item: SubscribedPlan): JsonObject => {
  const { plan, state, until, paid, next, draft, used, usedIn, endedOn, reason } = item
  const { sms, email, notification, storage } = used
  return {
    plan: encodePlan(plan),
    state,
    ...(until !== null && { until }),
    ...(paid && { paid: { by: paid.by, hex: paid.hex } }),
    ...(next && { next: encodeBrought(next) }),
    ...(draft && { draft: { ...encodeBrought(draft), checkout: draft.checkout } }),
    used: { sms, email, notification, storage },
    ...(usedIn !== null && { usedIn }),
    ...(endedOn !== null && { endedOn }),
    ...(reason !== null && { reason }),
  }
}

const decodeItem = (body: JsonObject): SubscribedPlan => {
  const paid = objectOrNull(body, 'paid')
  const next = objectOrNull(body, 'next')
  const draft = objectOrNull(body, 'draft')
  return {
    plan: decodePlan(object(body, 'plan')),
    state: oneOf(body, 'state', states),
    until: textOrNull(body, 'until'),
    paid: paid && { by: text(paid, 'by'), hex: text(paid, 'hex') },
    next: next && decodeBrought(next),
    draft: draft && { ...decodeBrought(draft), checkout: text(draft, 'checkout') },
    used: decodeQuotas(object(body, 'used')),
    usedIn: textOrNull(body, 'usedIn'),
    endedOn: textOrNull(body, 'endedOn'),
    reason: body.reason === undefined ? null : oneOf(body, 'reason', reasons),
  }
}

const encodeBrought = ({ hex, plan }: Brought): JsonObject => ({ hex, plan: encodePlan(plan) })

const decodeBrought = (body: JsonObject): Brought => ({
  hex: text(body, 'hex'),
  plan: decodePlan(object(body, 'plan')),
})
