import { unitOf } from '../calendar.js'
import { type Refused, refuse, refuseRequest } from '../decision.js'
import type { DocumentOf } from '../document.js'
import { usable } from '../promocode.js'
import { sameAddons, wholePrice } from '../sold-item.js'
import type { Period, Subscription } from '../state.js'

/** What is wanted for a subscription. */
export interface Wanted {
  readonly plan: string
  readonly addons: readonly string[]
}

export interface Shelf {
  plan(id: string): DocumentOf<'plan'> | undefined
  addon(id: string): DocumentOf<'addon'> | undefined
}

/** The promocodes of the account. */
export interface Grants {
  grant(promocode: string): DocumentOf<'grant'> | undefined
}

/** What is wanted, as it is published. */
export interface Sale {
  readonly plan: DocumentOf<'plan'>
  /** Of its bill period. */
  readonly unit: Period['unit']
  readonly addons: readonly DocumentOf<'addon'>[]
}

export const addonTwice = (addons: readonly string[]): Refused | undefined => {
  const twice = addons.find((addon, index) => addons.indexOf(addon) < index)
  return twice === undefined ? undefined : refuseRequest('cart_addon_twice', `The add-on ${twice} is named twice.`)
}

/** The plan may run on a subscription, and its add-ons may be bought with it, in this currency; or why not. */
export const onSale = ({ plan, addons }: Wanted, shelf: Shelf, currency: string): Sale | Refused => {
  const sold = shelf.plan(plan)
  if (!sold || sold.retired) return refuse('plan_not_found', `No plan ${plan} is sold.`)
  const unit = unitOf(sold.data.billPeriod)
  if (unit === undefined)
    return refuse('plan_not_renewed', `The plan ${plan} is sold once; no subscription runs on it.`)
  const found: DocumentOf<'addon'>[] = []
  for (const id of addons) {
    const addon = shelf.addon(id)
    if (!addon || addon.retired) return refuse('item_not_found', `No add-on ${id} is sold.`)
    if (addon.data.currency !== currency) return otherCurrency(`add-on ${id}`, addon.data.currency, currency)
    found.push(addon)
  }
  if (sold.data.currency !== currency) return otherCurrency(`plan ${plan}`, sold.data.currency, currency)
  return { plan: sold, unit, addons: found }
}

export const otherCurrency = (what: string, currency: string, own: string): Refused =>
  refuse('wrong_currency', `The ${what} is sold in ${currency}, not in ${own}.`)

interface Use {
  readonly state: Grants
  readonly currency: string
  readonly now: string
}

/** The promocode that is to lower the price of it, or why it cannot; `null`: none is named. */
export const promised = (
  promocode: string | undefined,
  sale: Pick<Sale, 'plan' | 'addons'>,
  { state, currency, now }: Use,
): DocumentOf<'grant'> | Refused | null => {
  if (promocode === undefined) return null
  const { plan } = sale.plan.data
  const grant = usable(state.grant(promocode), { plan, currency, now })
  return grant.kind === 'grant' && wholePrice(sale) === 0n
    ? refuse('promocode_wrong_plan', `The plan ${plan} costs nothing: the promocode would lower no price.`)
    : grant
}

/** Why it is not sold for a subscription whose next period has it anyway. A promocode may make it cheaper, and is asked about before. */
export const unchanged = (wanted: Wanted, subscription: Subscription, freePlan: string): Refused | undefined =>
  isToCome(wanted, subscription, freePlan)
    ? refuse('subscription_unchanged', `The subscription goes on with the plan ${wanted.plan} as it is.`)
    : undefined

const isToCome = ({ plan, addons }: Wanted, subscription: Subscription, freePlan: string): boolean => {
  const { plan: running, state, next } = subscription
  if (state === 'past_due') return false
  if (state === 'cancelled') return plan === freePlan && addons.length === 0
  const coming = next ?? running
  return coming.plan === plan && sameAddons(coming, addons)
}
