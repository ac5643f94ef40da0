import { unitOf } from '../calendar.js'
import { type Refused, refuse, refuseRequest } from '../decision.js'
import type { DocumentOf } from '../document.js'
import type { Period } from '../state.js'

/** What is wanted for a subscription. */
export interface Wanted {
  readonly plan: string
  readonly addons: readonly string[]
}

export interface Shelf {
  plan(id: string): DocumentOf<'plan'> | undefined
  addon(id: string): DocumentOf<'addon'> | undefined
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

const otherCurrency = (what: string, currency: string, own: string): Refused =>
  refuse('wrong_currency', `The ${what} is sold in ${currency}; the account holds ${own}.`)
