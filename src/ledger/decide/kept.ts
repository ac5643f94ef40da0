import type { DocumentOf } from '../document.js'
import { type Asked, staysOn, type Terms, unpaid } from '../sold-item.js'
import type { BoughtPlan, Subscription } from '../state.js'
import type { Shelf } from './on-sale.js'

/**
 * What is on sale for a subscription. The plan that runs, and its add-ons, may go on as they were bought, where they are sold no more: nothing is
 * sold anew. What is past due is paid as it was bought, whatever is sold now.
 */
export const shelfOf = (
  subscription: Subscription,
  asked: Asked,
  state: Shelf & Pick<Terms, 'today' | 'freePlan' | 'currency'>,
): Shelf => {
  const due = unpaid(subscription, asked, state.freePlan)
  if (due) return keeping(due.next, state, () => true)
  return staysOn(subscription, asked, state.today) ? keeping(subscription.plan, state, ({ retired }) => retired) : state
}

type Item = DocumentOf<'plan'> | DocumentOf<'addon'>

const keeping = (had: BoughtPlan, shelf: Shelf & Pick<Terms, 'currency'>, keeps: (sold: Item) => boolean): Shelf => ({
  plan: (id) => {
    const sold = shelf.plan(id)
    return sold && keeps(sold) ? { ...sold, retired: false, data: planData(had, shelf.currency) } : sold
  },
  addon: (id) => {
    const sold = shelf.addon(id)
    const one = had.addons?.find(({ addon }) => addon === id)
    if (!sold || one === undefined || !keeps(sold)) return sold
    const { addonVersion: itemVersion, name, price, quotas } = one
    const data = { addon: id, itemVersion, name, price, quotas, currency: shelf.currency }
    return { ...sold, retired: false, data }
  },
})

const planData = (had: BoughtPlan, currency: string): DocumentOf<'plan'>['data'] => {
  const { plan, planVersion: itemVersion, name, type, level, price, billPeriod, description, quotas } = had
  return {
    ...{ plan, itemVersion, name, type, price, billPeriod, description, currency },
    ...(level !== undefined && { level }),
    ...(quotas !== undefined && { quotas }),
  }
}
