import type { DocumentOf } from './document.js'
import type { BoughtPlan } from './state.js'

/** A plan as a subscription has it, at the version that is published, without a period: so it runs on a device that pays nothing. */
export const planItem = ({ data }: DocumentOf<'plan'>): BoughtPlan => {
  const { plan, itemVersion, name, type, level, price, billPeriod, description, quotas } = data
  return {
    plan,
    planVersion: itemVersion,
    name,
    type,
    ...(level !== undefined && { level }),
    price,
    billPeriod,
    description,
    ...(quotas !== undefined && { quotas }),
  }
}
