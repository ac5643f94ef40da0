import { unitOf } from '../calendar.js'
import { type Refused, refuse, refuseRequest } from '../decision.js'
import type { DocumentOf } from '../document.js'

/** What is wanted for a subscription. */
export interface Wanted {
  readonly plan: string
  readonly addons: readonly string[]
}

export interface OnSale {
  readonly plan: DocumentOf<'plan'> | undefined
  addon(id: string): DocumentOf<'addon'> | undefined
}

export const addonTwice = (addons: readonly string[]): Refused | undefined => {
  const twice = addons.find((addon, index) => addons.indexOf(addon) < index)
  return twice === undefined ? undefined : refuseRequest('cart_addon_twice', `The add-on ${twice} is named twice.`)
}

/** `undefined`: the plan may run on a subscription, and its add-ons may be bought with it, in this currency. */
export const notOnSale = ({ plan, addons }: Wanted, state: OnSale, currency: string): Refused | undefined => {
  const sold = state.plan
  if (!sold || sold.retired) return refuse('plan_not_found', `No plan ${plan} is sold.`)
  if (unitOf(sold.data.billPeriod) === undefined) {
    return refuse('plan_not_renewed', `The plan ${plan} is sold once; no subscription runs on it.`)
  }
  for (const id of addons) {
    const addon = state.addon(id)
    if (!addon || addon.retired) return refuse('item_not_found', `No add-on ${id} is sold.`)
    if (addon.data.currency !== currency) return otherCurrency(`add-on ${id}`, addon.data.currency, currency)
  }
  return sold.data.currency === currency ? undefined : otherCurrency(`plan ${plan}`, sold.data.currency, currency)
}

const otherCurrency = (what: string, currency: string, own: string): Refused =>
  refuse('wrong_currency', `The ${what} is sold in ${currency}; the account holds ${own}.`)
