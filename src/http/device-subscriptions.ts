import { type DeviceRow, placeKey, type SubscriptionRow, subscriptions } from '../projections/subscriptions.js'
import type { RowQuery } from '../views/port.js'
import { RequestRefused } from './errors.js'
import type { Parts } from './parts.js'
import { type Personal, personalOf } from './personal.js'
import { type Ask, type Call, intent, type Settled } from './route.js'
import { text } from './schema.js'

/** Of a request: what the owner calls a device. Blank is left out. */
export const deviceNameText = text

/** What it is sealed as: for ever. */
const FIELD = 'device-name'

/** A row with its leaf number. */
export interface Found {
  readonly leaf: number
  readonly row: SubscriptionRow
}

/** Of an account, by our id of the subscription or by that of the subscriptions API. Throws `RequestRefused`. */
export const findSubscription = async ({ views }: Parts, account: string, id: string): Promise<Found> => {
  const record = await views.document(subscriptions.name, placeKey(account, id))
  const place = record === null ? null : subscriptions.document.decode(record.body)
  const row = place?.kind === 'place' ? await views.row(subscriptions.name, { key: account, leaf: place.leaf }) : null
  if (row === null) throw new RequestRefused('subscription_not_found', `${account} has no such subscription.`)
  return { leaf: row.leaf, row: subscriptions.rowBody.decode(row.body) }
}

/** Purchases and devices of an account, the newest first, and where the next page begins. */
export const listSubscriptions = async (
  { views }: Parts,
  { max, ...query }: Omit<RowQuery, 'direction'>,
): Promise<{ readonly found: readonly Found[]; readonly next: number | undefined }> => {
  const records = await views.rows(subscriptions.name, { ...query, direction: 'backwards', max: max + 1 })
  const found = records
    .slice(0, max)
    .map(({ leaf, body }): Found => ({ leaf, row: subscriptions.rowBody.decode(body) }))
  return { found, next: records[max]?.leaf }
}

/** `undefined`: it has none; `null`: the person was erased. */
export const deviceNameOf = async (
  personal: Personal,
  { deviceName }: DeviceRow,
): Promise<string | null | undefined> => (deviceName === null ? undefined : personal.open(FIELD, deviceName))

/** Asks for a subscription of the device that the body names. */
export const openDevice = async (call: Call, account: string, ask: Ask): Promise<Settled> => {
  const { parts, caller, body } = call
  const wanted = { account, device: body.text('device') }
  // Others are refused whatever they send, and must not have a key drawn.
  if (!body.has('deviceName') || !(caller.admin || caller.acts(account)))
    return ask(intent('open-subscription', wanted))
  const { personKey, sealed, erasures } = await personalOf(parts, account).seal(FIELD, body.text('deviceName'))
  return ask(intent('open-subscription', { ...wanted, deviceName: { personKey, sealed }, erasures }))
}
