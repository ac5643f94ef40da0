import type { ListPrice } from '../../ledger/decide/list-price.js'
import { amountText } from '../../ledger/money.js'
import { RequestRefused } from '../errors.js'
import { numberOf } from '../json.js'
import { readName } from '../names.js'
import { quoted } from '../quote.js'
import type { Answer, Call, ReadRoute } from '../route.js'
import { fields, named, orBlank, subscriptionId } from '../schema.js'
import { addonIds } from './cart.js'
import { withData } from './reply.js'

/** What a change of plan costs today: of a subscription, exactly what a checkout takes; else at list prices. Nothing is changed by asking. */
const read = async (call: Call): Promise<Answer> => ({
  status: 200,
  body: await (call.body.has('subscription_id') ? ofSubscription(call) : ofPlans(call)),
})

/** Its old plan is that of the subscription, whatever the client takes it for: so it is at the checkout. */
const ofSubscription = async (call: Call): Promise<string> => {
  const { parts, caller, body } = call
  const item = { subscription: body.text('subscription_id'), ...wanted(call) }
  const { sold, basket } = await quoted(parts.commands.quotes.basket({ account: caller.subject, items: [item] }))
  return sold.map((one) => shown({ ...one, currency: basket.currency })).join('')
}

const ofPlans = async (call: Call): Promise<string> => {
  const { parts, caller, body } = call
  if (!body.has('old_plan_id')) {
    throw new RequestRefused('invalid_request', 'body: send old_plan_id, or the subscription_id that is to change')
  }
  const oldPlan = body.name('old_plan_id')
  return shown(await quoted(parts.commands.quotes.list({ account: caller.subject, oldPlan, ...wanted(call) })))
}

const shown = ({ price, quote, currency }: ListPrice): string => {
  const text = (minor: bigint): string => amountText(minor, currency)
  return withData({
    price: text(price),
    total_payable: text(quote.payable),
    plan_rebate: text(quote.rebate),
    total_discount: text(quote.totalDiscount),
    promo_discount: numberOf(text(quote.promoDiscount)),
    prorate: text(quote.prorate),
    remaining_days: quote.remainingDays,
    total_days: quote.totalDays,
    gst: numberOf(text(quote.tax)),
  })
}

const wanted = ({ body }: Call) => ({
  plan: body.name('new_plan_id'),
  addons: body.says('addon_ids') ? body.names('addon_ids') : [],
  ...(body.says('promocode') && { promocode: promocodeIn(body.text('promocode')) }),
})

/** What no promocode can be called is not known either. */
const promocodeIn = (text: string): string => {
  const promocode = readName(text)
  if (promocode === null) throw new RequestRefused('promocode_not_found')
  return promocode
}

export const prorateRoutes: readonly ReadRoute[] = [
  {
    kind: 'read',
    method: 'POST',
    url: '/payment/prorate/calc',
    body: fields(
      { new_plan_id: named },
      {
        old_plan_id: named,
        subscription_id: subscriptionId,
        addon_ids: addonIds,
        promocode: orBlank({ type: 'string', maxLength: 256 }),
      },
    ),
    read,
  },
]
