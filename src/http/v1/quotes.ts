import type { BasketInput, Priced } from '../../ledger/decide/basket.js'
import { amountText } from '../../ledger/money.js'
import type { Sold } from '../../ledger/sold-item.js'
import { balanceOf } from '../balance.js'
import { inBody, inCart, itemsOf } from '../checkout.js'
import { type Writable, writeJson } from '../json.js'
import { quoted } from '../quote.js'
import type { Answer, Call, ReadRoute } from '../route.js'
import { itemIn, wanting } from './cart.js'
import { byName, fields } from './schemas.js'

/** What a checkout of these items takes today: its event will have the same lines, and cost the same. */
const quote = async (call: Call, basket: BasketInput): Promise<Answer> => ({
  status: 200,
  body: writeJson(shown(await quoted(call.parts.commands.quotes.basket(basket)))),
})

const shown = ({ basket: { account, amount, currency, lines, tax: taxed }, sold }: Priced): Writable => {
  const tax = amountText(
    sold.reduce((sum, one) => sum + one.quote.tax, 0n),
    currency,
  )
  return { account, currency, total: amount, tax, taxed, items: sold.map((one) => itemOf(one, currency)), lines }
}

/** `waits`: nothing is paid now; the plan begins when the running period ends, at `price`. */
const itemOf = ({ item, quote, price }: Sold, currency: string): Writable => {
  const text = (minor: bigint): string => amountText(minor, currency)
  return {
    subscription: item.subscription,
    plan: item.plan,
    planVersion: item.planVersion,
    addons: (item.addons ?? []).map(({ addon }) => addon),
    promocode: item.promocode?.code,
    waits: item.waits === true,
    period: item.period,
    price: text(price),
    prorate: text(quote.prorate),
    rebate: text(quote.rebate),
    promoDiscount: text(quote.promoDiscount),
    totalDiscount: text(quote.totalDiscount),
    tax: text(quote.tax),
    payable: text(quote.payable),
    remainingDays: quote.remainingDays,
    totalDays: quote.totalDays,
  }
}

export const quoteRoutes: readonly ReadRoute[] = [
  {
    kind: 'read',
    method: 'POST',
    url: '/v1/accounts/:name/quotes',
    params: byName,
    body: fields({ items: itemsOf(wanting) }),
    read: async (call) => {
      const account = call.params.name('name')
      await balanceOf(call, account)
      return quote(call, inBody(account, call.body, itemIn))
    },
  },
  {
    kind: 'read',
    method: 'GET',
    url: '/v1/accounts/:name/cart/quote',
    params: byName,
    read: async (call) => {
      const account = call.params.name('name')
      await balanceOf(call, account)
      return quote(call, await inCart(call, account))
    },
  },
]
