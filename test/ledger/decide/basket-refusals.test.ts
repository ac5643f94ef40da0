import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import type { BasketItem } from '../../../src/ledger/decide/basket.js'
import { hexId } from '../../../src/ledger/hex-id.js'
import type { RefusalCode } from '../../../src/ledger/refusals.js'
import { MAX_CHARGES } from '../../../src/ledger/state.js'
import { actor, admin } from '../../support/actors.js'
import { eventIdOf, idOf } from '../../support/books.js'
import { boughtPro, cancelled, FREE, freePlan, ID, LEAF, onFree, paid, pro, started } from '../../support/device.js'
import { addon, frozen, granted, opened, promocode, published, purchased, retired } from '../../support/facts.js'
import { given, givenInFlight, NOW } from '../../support/given.js'
import { plans, shop } from '../../support/plans.js'

const ann = actor('ann')
const HEX = hexId(eventIdOf(LEAF))
const basket = (...items: readonly Partial<BasketItem>[]) => ({
  account: 'ann',
  items: items.map((item) => ({ subscription: ID, plan: 'Basic10', ...item })),
})
const card = (...items: readonly Partial<BasketItem>[]) => ({ ...basket(...items), means: 'nonce' as const })
const twice = { addons: ['more', 'space', 'more'] }
const ten = granted(promocode('ten'), 'ann', 1, 30)
const using = { promocode: 'ten' }
const renamed = (plan: string): Fact => ({
  type: 'SubscriptionOpened',
  data: { subscription: idOf(6), account: 'ann', device: 'PH81', item: { ...FREE, plan } },
})

t.test('a basket is refused by who may, then by what it names twice', async (t) => {
  for (const name of ['start-checkout', 'buy'] as const) {
    const bad = card({ ...twice, ...using }, using)
    given().when(name, bad, actor('bob')).refused(t, 'forbidden', 'request')
    given().when(name, bad, ann).refused(t, 'cart_addon_twice', 'request')
    given().when(name, card(using, using), ann).refused(t, 'cart_has_promocode', 'request')
    given().when(name, card({}), ann).refused(t, 'account_not_found')
    given().when(name, card({}), admin).refused(t, 'account_not_found')
  }
})

t.test('a subscription is that of a device, named once, by either id, and no card is charged for it', async (t) => {
  const unknown = { plan: 'nowhere', ...using }
  given(...onFree)
    .when('buy', basket({ ...unknown, subscription: idOf(6) }), ann)
    .refused(t, 'subscription_not_found')
  given(...onFree, { type: 'Purchased', data: purchased('ann', '0.00', 7) })
    .when('buy', basket({ ...unknown, subscription: idOf(7) }), ann)
    .refused(t, 'subscription_not_found')
  for (const [one, other] of [
    [ID, ID],
    [ID, HEX],
    [HEX, ID],
  ]) {
    given(...shop)
      .when('buy', basket({ subscription: one ?? '' }, { ...unknown, subscription: other ?? '' }), ann)
      .refused(t, 'cart_has_subscription')
  }
  given(...onFree, started())
    .when('buy', basket(unknown), ann)
    .refused(t, 'subscription_locked')
  given(...shop, started())
    .when('start-checkout', card({}), ann)
    .refused(t, 'subscription_locked')
})

t.test('what is not on sale is refused, the plan first, then its add-ons, then what costs another money', async (t) => {
  const more = { addons: ['more'], ...using }
  const dollars = published('Basic10', '10.00', { currency: 'USD' })
  const cases: readonly (readonly [readonly Fact[], Partial<BasketItem>, RefusalCode])[] = [
    [[], more, 'plan_not_found'],
    [[dollars, retired('plan', 'Basic10')], more, 'plan_not_found'],
    [[published('Basic10', '10.00', { currency: 'USD', billPeriod: 'once' })], more, 'plan_not_renewed'],
    [[dollars], more, 'item_not_found'],
    [[dollars, addon('more'), retired('addon', 'more')], more, 'item_not_found'],
    [[dollars, addon('more', 'USD')], more, 'wrong_currency'],
    [[dollars, addon('more')], more, 'wrong_currency'],
    [[dollars], using, 'wrong_currency'],
  ]
  for (const [facts, item, code] of cases) {
    given(...onFree, ...facts)
      .when('buy', basket(item), ann)
      .refused(t, code)
  }
})

t.test('a promocode is refused that is not the account’s, is used, over, or would lower nothing', async (t) => {
  const sold = [...onFree, ...plans, { type: 'Purchased', data: purchased('ann', '0.00', 7) } as const]
  const with_ = (code: string, more: Parameters<typeof promocode>[1] = {}) =>
    granted(promocode(code, more), 'ann', 1, 31)
  given(...sold)
    .when('buy', basket(using), ann)
    .refused(t, 'promocode_not_found')
  given(...sold, granted(promocode('ten'), 'bob', 1, 31))
    .when('buy', basket(using), ann)
    .refused(t, 'promocode_not_found')
  const item = pro(undefined, { promocode: { code: 'ten', grantLeaf: 1, type: 'percent', value: '1', periodsLeft: 0 } })
  given(...sold, with_('ten', { expiresAt: NOW, plans: ['Pro30'] }), boughtPro(item))
    .when('buy', basket(using), ann)
    .refused(t, 'promocode_used')
  given(...sold, with_('ten', { expiresAt: NOW, plans: ['Pro30'] }))
    .when('buy', basket(using), ann)
    .refused(t, 'promocode_expired')
  const dollars = { type: 'fixed', value: '5.00', currency: 'USD' } as const
  given(...sold, with_('ten', { ...dollars, plans: ['Pro30'] }))
    .when('buy', basket(using), ann)
    .refused(t, 'promocode_wrong_plan')
  given(...sold, with_('ten', dollars))
    .when('buy', basket(using), ann)
    .refused(t, 'promocode_wrong_currency')
  given(...sold, with_('ten'))
    .when('buy', basket({ plan: 'Free', ...using }), ann)
    .refused(t, 'promocode_wrong_plan')
})

t.test('what comes anyway is not bought again', async (t) => {
  const unchanged = (facts: readonly Fact[], item: Partial<BasketItem>) =>
    given(...shop, ...facts)
      .when('buy', basket(item), ann)
      .refused(t, 'subscription_unchanged')
  const withMore = { addons: [{ addon: 'more', addonVersion: 1, name: 'more', price: '1.50', quotas: {} }] }
  unchanged([], { plan: 'Free' })
  unchanged([boughtPro({ plan: 'Basic10' })], {})
  unchanged([boughtPro({ plan: 'Basic10', ...withMore })], { addons: ['more'] })
  const waiting = pro(undefined, { plan: 'Yearly', waits: true })
  unchanged([boughtPro(), { type: 'Purchased', data: { ...purchased('ann', '0.00', 8), items: [waiting] } }], {
    plan: 'Yearly',
  })
  unchanged([boughtPro(), cancelled], { plan: 'Free' })
})

t.test('of several items the refused one is named, with both ids of its subscription', async (t) => {
  const name = `${HEX} (${ID})`
  const good = { subscription: idOf(6), plan: 'Pro30' }
  const facts = [...shop, renamed('Free')]
  const cases: readonly (readonly [Partial<BasketItem>, RefusalCode, string])[] = [
    [{ plan: 'Free' }, 'subscription_unchanged', `Subscription ${name}, plan Free: The subscription goes on`],
    [{ plan: 'Free', subscription: HEX }, 'subscription_unchanged', `Subscription ${name}, plan Free: The`],
    [{ plan: 'nowhere' }, 'plan_not_found', `Subscription ${name}, plan nowhere: No plan nowhere is sold.`],
    [{ addons: ['nothing'] }, 'item_not_found', `Subscription ${name}, plan Basic10: No add-on nothing is sold.`],
    [using, 'promocode_not_found', `Subscription ${name}, plan Basic10: There is no such promocode`],
    [{ subscription: idOf(9) }, 'subscription_not_found', `Subscription ${idOf(9)}, plan Basic10: The account ann`],
    [twice, 'cart_addon_twice', `Subscription ${ID}, plan Basic10: The add-on more is named twice.`],
  ]
  for (const [item, code, detail] of cases) {
    for (const items of [
      [good, item],
      [item, good],
    ]) {
      const { decision } = given(...facts).when('buy', basket(...items), ann)
      t.match(decision, { kind: 'refused', refusal: { code } })
      t.ok(decision.kind === 'refused' && decision.refusal.detail.startsWith(detail), detail)
    }
    const { decision } = given(...facts).when('buy', basket(item), ann)
    t.notMatch(decision, { refusal: { detail: /^Subscription [^ ]+,? / } }, 'one alone is not')
  }
  const { decision } = given(...facts).when('buy', basket(using, { ...good, ...using }), ann)
  t.match(decision, {
    refusal: { detail: `Subscription ${idOf(6)}, plan Pro30: Two items have the promocode ten; it is used once.` },
  })
})

t.test('prices that no event can hold are refused, also where little of them is paid now', async (t) => {
  const most = `4${'9'.repeat(21)}`
  const dear = [published('Dear', `${most}.99`), published('Much', '0.01')]
  const both = { ...basket({ plan: 'Dear' }, { plan: 'Much', subscription: idOf(6) }), means: 'nonce' as const }
  const late = '2026-03-31T12:00:00.000Z'
  const books = given(...onFree, ...dear, renamed('Free'))
  books.when('start-checkout', card({ plan: 'Dear' }), ann, late).then(t, {
    type: 'CheckoutStarted',
    data: { ...checkout(most), items: [dearItem(most)] },
  })
  books.when('start-checkout', both, ann, late).refused(t, 'invalid_amount')
})

/** A day of the month costs a 31st of it. */
const checkout = (most: string) => {
  const day = ((BigInt(most) * 100n + 99n) * 2n + 31n) / 62n
  const amount = `${day / 100n}.${String(day % 100n).padStart(2, '0')}`
  const line = { item: 0, plan: 'Dear', kind: 'charge' as const, amount }
  const who = { checkout: idOf(0xfff), account: 'ann', purpose: 'purchase' as const }
  return { ...who, amount, currency: 'EUR', lines: [line], means: 'nonce' as const }
}

const dearItem = (most: string) => ({
  plan: 'Dear',
  planVersion: 1,
  name: 'Plan Dear',
  type: 'C',
  price: `${most}.99`,
  billPeriod: 'M',
  description: 'a plan',
  subscription: ID,
  subscriptionLeaf: LEAF,
  period: {
    start: '2026-03-31',
    end: '2026-04-01',
    anchor: '2026-04-01',
    unit: 'month',
    zone: 'Asia/Shanghai',
  } as const,
  charged: checkout(most).amount,
  proration: { on: '2026-03-31', remainingDays: 1, totalDays: 31 },
})

t.test('a card is not charged for nothing, for who is frozen, without a card, or too often', async (t) => {
  const recharges = Array.from({ length: MAX_CHARGES }, (_, n) =>
    started({ checkout: idOf(0x200 + n), purpose: 'recharge', items: [], lines: [] }),
  )
  const stored = { ...card({}), means: 'stored' as const }
  const full = [...shop, ...recharges]
  const all = granted(promocode('ten', { value: '100' }), 'ann', 1, 30)
  given(...full, frozen('ann'), all)
    .when('start-checkout', card(using), ann)
    .refused(t, 'nothing_to_charge')
  given(...full, frozen('ann'))
    .when('start-checkout', stored, ann)
    .refused(t, 'account_frozen')
  given(...full)
    .when('start-checkout', stored, ann)
    .refused(t, 'no_card')
  given(...full)
    .when('start-checkout', card({}), ann)
    .refused(t, 'too_many_charges')
  const kept = paid(plans.length + 4, {
    checkout: idOf(0x200),
    purpose: 'recharge',
    items: [],
    lines: [],
    card: idOf(9),
  })
  given(...full, kept)
    .when('start-checkout', stored, ann)
    .refused(t, 'too_many_charges')
})

t.test('the balance pays what it can', async (t) => {
  const poor = [freePlan, opened('ann'), opened('bob'), ...onFree.slice(3), ...plans]
  given(...poor, frozen('ann'))
    .when('buy', basket({}), ann)
    .refused(t, 'account_frozen')
  given(...poor)
    .when('buy', basket({}), ann)
    .refused(t, 'insufficient_funds')
})

t.test('a subscription in flight is waited for; a grant lies in another stream, so it never is', async (t) => {
  const facts = [...plans, ten, freePlan, opened('ann'), ...onFree.slice(3)]
  givenInFlight(...facts)
    .when('buy', basket(using), ann)
    .waits(t)
  givenInFlight(...facts)
    .when('start-checkout', card({}), ann)
    .waits(t)
})

const recharge = { account: 'ann', amount: '5' }

t.test('a recharge by card is refused, in this order', async (t) => {
  const bad = { account: 'ann', amount: '0', currency: 'XXX' }
  given().when('start-recharge', bad, actor('bob')).refused(t, 'amount_not_positive', 'request')
  given()
    .when('start-recharge', { ...bad, amount: '0.001' }, actor('bob'))
    .refused(t, 'unknown_currency', 'request')
  given().when('start-recharge', recharge, actor('bob')).refused(t, 'forbidden', 'request')
  given().when('start-recharge', recharge, ann).refused(t, 'account_not_found')
  given(opened('ann'))
    .when('start-recharge', { ...recharge, amount: '0.001', currency: 'USD' }, ann)
    .refused(t, 'wrong_currency')
  given(opened('ann'))
    .when('start-recharge', { ...recharge, amount: '0.001' }, ann)
    .refused(t, 'too_many_decimals')
  const recharges = Array.from({ length: MAX_CHARGES }, (_, n) =>
    started({ checkout: idOf(0x200 + n), purpose: 'recharge', items: [], lines: [] }),
  )
  given(opened('ann'), ...recharges)
    .when('start-recharge', recharge, ann)
    .refused(t, 'too_many_charges')
})

t.test('a card brings money to one’s own account, also to one that is frozen', async (t) => {
  for (const who of [ann, actor('shop', ['ann']), admin]) {
    given(opened('ann'), frozen('ann'))
      .when('start-recharge', { ...recharge, currency: 'EUR' }, who)
      .then(t, started({ checkout: idOf(0xfff), purpose: 'recharge', amount: '5.00', items: [], lines: [] }))
  }
})
