import { type AllQuotas, type Quotas, quotaNames } from '../ledger/quotas.js'
import type { Json, JsonObject } from '../views/port.js'
import { integer, object, objectOrNull, objects, oneOf, text } from './body.js'
import type { SeenPlan } from './subscriptions-item.js'

/** The fields of a plan that are text and may be left out. */
const optional = ['level', 'region', 'subscription', 'charged'] as const

/** Named one by one: the bytes must not depend on how the row came about. */
export const encodePlan = (seen: SeenPlan): JsonObject => {
  const { plan, planVersion, name, type, price, billPeriod, description, period, quotas, addons, promocode } = seen
  const body: Record<string, Json> = { plan, planVersion, name, type, price, billPeriod, description }
  for (const field of optional) {
    const value = seen[field]
    if (value !== undefined) body[field] = value
  }
  if (period !== undefined) {
    const { start, end, anchor, unit, zone } = period
    body.period = { start, end, anchor, unit, zone }
  }
  if (quotas !== undefined) body.quotas = encodeQuotas(quotas)
  if (addons !== undefined) body.addons = addons.map(encodeAddon)
  if (promocode !== undefined) {
    const { code, grantLeaf, type: how, value, periodsLeft } = promocode
    body.promocode = { code, grantLeaf, type: how, value, periodsLeft }
  }
  return body
}

export const decodePlan = (body: JsonObject): SeenPlan => {
  const period = objectOrNull(body, 'period')
  const quotas = objectOrNull(body, 'quotas')
  const promocode = objectOrNull(body, 'promocode')
  return {
    plan: text(body, 'plan'),
    planVersion: integer(body, 'planVersion'),
    name: text(body, 'name'),
    type: text(body, 'type'),
    price: text(body, 'price'),
    billPeriod: text(body, 'billPeriod'),
    description: text(body, 'description'),
    ...some(body, optional),
    ...(period && { period: decodePeriod(period) }),
    ...(quotas && { quotas: some(quotas, quotaNames) }),
    ...(body.addons !== undefined && { addons: objects(body, 'addons').map(decodeAddon) }),
    ...(promocode && { promocode: decodePromocode(promocode) }),
  }
}

type Addon = NonNullable<SeenPlan['addons']>[number]

const encodeAddon = ({ addon, addonVersion, name, price, quotas }: Addon): JsonObject => ({
  addon,
  addonVersion,
  name,
  price,
  quotas: encodeQuotas(quotas),
})

const decodeAddon = (body: JsonObject): Addon => ({
  addon: text(body, 'addon'),
  addonVersion: integer(body, 'addonVersion'),
  name: text(body, 'name'),
  price: text(body, 'price'),
  quotas: some(object(body, 'quotas'), quotaNames),
})

const decodePeriod = (body: JsonObject): NonNullable<SeenPlan['period']> => ({
  start: text(body, 'start'),
  end: text(body, 'end'),
  anchor: text(body, 'anchor'),
  unit: oneOf(body, 'unit', ['month', 'year']),
  zone: text(body, 'zone'),
})

const decodePromocode = (body: JsonObject): NonNullable<SeenPlan['promocode']> => ({
  code: text(body, 'code'),
  grantLeaf: integer(body, 'grantLeaf'),
  type: oneOf(body, 'type', ['percent', 'fixed']),
  value: text(body, 'value'),
  periodsLeft: integer(body, 'periodsLeft'),
})

/** What is named, always in one order. */
const encodeQuotas = (quotas: Quotas): JsonObject =>
  Object.fromEntries(quotaNames.flatMap((name) => (quotas[name] === undefined ? [] : [[name, quotas[name]]])))

/** All of them. */
export const decodeQuotas = (body: JsonObject): AllQuotas => ({
  sms: text(body, 'sms'),
  email: text(body, 'email'),
  notification: text(body, 'notification'),
  storage: text(body, 'storage'),
})

const some = <const Field extends string>(
  body: JsonObject,
  fields: readonly Field[],
): { readonly [Name in Field]?: string } => {
  const found: { [Name in Field]?: string } = {}
  for (const field of fields) if (body[field] !== undefined) found[field] = text(body, field)
  return found
}
