import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { basketStateOf } from '../../../src/commands/basket-state.js'
import { type ListInput, priceList } from '../../../src/ledger/decide/list-price.js'
import type { RefusalCode } from '../../../src/ledger/refusals.js'
import { idOf } from '../../support/books.js'
import { TERMS } from '../../support/decide.js'
import { freePlan } from '../../support/device.js'
import { addon, granted, opened, promocode, published, retired } from '../../support/facts.js'
import { booksOf } from '../../support/given.js'
import { JUNE_19, plans } from '../../support/plans.js'

const asked = { account: 'ann', plan: 'Enterprise50', oldPlan: 'Free' }
const price = (facts: readonly Fact[], more: Partial<ListInput> = {}) => {
  const input = { ...asked, ...more }
  return priceList(input, basketStateOf(input, booksOf(facts), JUNE_19, TERMS), JUNE_19)
}
const sold = [freePlan, ...plans]

t.test('a list price is refused, in this order', async (t) => {
  const refused = (facts: readonly Fact[], more: Partial<ListInput>, code: RefusalCode) =>
    t.match(price(facts, more), { kind: 'refused', refusal: { code } })
  const bad = { plan: 'nowhere', oldPlan: 'nothing', promocode: 'ten' }
  refused([], { ...bad, addons: ['more', 'more'] }, 'cart_addon_twice')
  refused(sold, bad, 'plan_not_found')
  refused([...sold, opened('ann')], bad, 'plan_not_found')
  const { plan: _, ...rest } = bad
  refused([...sold, opened('ann', '0.00', 'USD')], rest, 'wrong_currency')
  refused([...sold, addon('dear', 'USD')], { ...rest, addons: ['dear'] }, 'wrong_currency')
  refused(sold, rest, 'plan_not_found')
  refused(sold, { ...rest, oldPlan: 'once' }, 'plan_not_renewed')
  refused([...sold, published('yen', '10', { currency: 'JPY' })], { ...rest, oldPlan: 'yen' }, 'wrong_currency')
  refused(sold, { promocode: 'ten' }, 'promocode_not_found')
  refused([...sold, granted(promocode('ten'), 'ann', 1, 3)], { plan: 'Free', promocode: 'ten' }, 'promocode_wrong_plan')
})

t.test('the first plan that is paid costs the rest of the month, whether the account is opened or not', async (t) => {
  const found = {
    price: 5000n,
    currency: 'EUR',
    quote: { prorate: 2000n, rebate: 0n, payable: 2000n, remainingDays: 12, totalDays: 30 },
  }
  t.match(price(sold), found)
  t.match(price([...sold, opened('ann')]), found)
  t.match(price(plans), found, 'the free plan need not be published')
})

t.test('the old plan counts as paid at its list price, also when it is not sold any more', async (t) => {
  const up = { quote: { prorate: 2000n, rebate: 1200n, payable: 800n } }
  t.match(price(sold, { oldPlan: 'Pro30' }), up)
  t.match(price([...sold, retired('plan', 'Pro30')], { oldPlan: 'Pro30' }), up)
  const down = { price: 1000n, quote: { prorate: 400n, rebate: 2000n, payable: 0n, downgrade: true } }
  t.match(price(sold, { plan: 'Basic10', oldPlan: 'Enterprise50' }), down)
})

t.test('add-ons, the promocode and the tax of the account are in it', async (t) => {
  const facts: readonly Fact[] = [
    ...sold,
    granted(promocode('ten', { value: '10' }), 'ann', 1, 3),
    {
      type: 'CustomerChanged',
      data: { account: 'ann', address: { personKey: idOf(40), sealed: 'c2VhbGVk' }, taxCountry: 'SG' },
    },
  ]
  t.match(price(facts, { oldPlan: 'Pro30', addons: ['more'], promocode: 'ten' }), {
    price: 5150n,
    quote: { prorate: 2060n, rebate: 1200n, promoDiscount: 86n, totalDiscount: 1286n, tax: 54n, payable: 828n },
  })
})
