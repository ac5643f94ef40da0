import type { BasketInput, BasketState } from '../ledger/decide/basket.js'
import { grantId } from '../ledger/document.js'
import { taxOn } from '../ledger/tax.js'
import type { Reads, Settings } from './define.js'

/** What the rules on a checkout read. What is on sale, and where the customer lives, is what the log held when it was asked for: the event names both. */
export const basketStateOf = (
  { account }: Pick<BasketInput, 'account'>,
  reads: Pick<Reads, 'account' | 'document' | 'purchase'>,
  now: string,
  { dateIn, timeZone: zone, freePlan, taxes }: Pick<Settings, 'dateIn' | 'timeZone' | 'freePlan' | 'taxes'>,
): BasketState => {
  const today = dateIn(now)
  const customer = reads.document('customer', account)
  return {
    account: reads.account(account),
    purchase: (order) => reads.purchase(order),
    plan: (id) => reads.document('plan', id),
    addon: (id) => reads.document('addon', id),
    grant: (promocode) => reads.document('grant', grantId(promocode, account)),
    today,
    zone,
    freePlan,
    tax: taxOn(taxes, customer?.taxCountry ?? undefined, today),
  }
}
