import type { DocumentOf } from '../document.js'
import { staysOn } from '../sold-item.js'
import type { BoughtPlan, Subscription } from '../state.js'
import type { Shelf, Wanted } from './on-sale.js'

/** What is on sale for a subscription. The plan that runs, and its add-ons, may go on as they were bought, where they are sold no more: nothing is sold anew. */
export const shelfOf = (
  subscription: Subscription,
  wanted: Wanted,
  state: Shelf & { readonly today: string },
): Shelf => (staysOn(subscription, wanted, state.today) ? keeping(subscription.plan, state) : state)

const keeping = (running: BoughtPlan, shelf: Shelf): Shelf => ({
  plan: (id) => {
    const sold = shelf.plan(id)
    return sold?.retired ? { ...sold, retired: false, data: planData(running, sold.data) } : sold
  },
  addon: (id) => {
    const sold = shelf.addon(id)
    const had = running.addons?.find(({ addon }) => addon === id)
    if (!sold?.retired || had === undefined) return sold
    const { addonVersion: itemVersion, name, price, quotas } = had
    return { ...sold, retired: false, data: { ...sold.data, itemVersion, name, price, quotas } }
  },
})

const planData = (running: BoughtPlan, sold: DocumentOf<'plan'>['data']): DocumentOf<'plan'>['data'] => {
  const { plan, planVersion: itemVersion, name, type, level, price, billPeriod, description, quotas } = running
  return {
    ...{ plan, itemVersion, name, type, price, billPeriod, description, currency: sold.currency },
    ...(level !== undefined && { level }),
    ...(quotas !== undefined && { quotas }),
  }
}
