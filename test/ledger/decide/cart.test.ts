import t from 'tap'
import { hexId } from '../../../src/ledger/hex-id.js'
import { actor, admin } from '../../support/actors.js'
import { eventIdOf, idOf } from '../../support/books.js'
import { monthly, started } from '../../support/card.js'
import { added, device, removed, wanted } from '../../support/cart-facts.js'
import { addon, granted, opened, promocode, published, purchased, retired } from '../../support/facts.js'
import { given, givenInFlight, NEW_ID, NOW } from '../../support/given.js'

const ann = actor('ann')
const bob = actor('bob')
const shop = [published('basic', '10.00'), published('pro', '30.00'), addon('more'), addon('space')]
const ten = granted(promocode('ten'), 'ann', 1, 3)
const running = [...shop, opened('ann'), device('ann', 7), device('ann', 8), ten]
/** Leaf number of the item. */
const ITEM = running.length
const filled = [...running, added('ann', [1, 7])]

/** Its subscriptions, as the subscriptions API calls them. */
const [SEVEN, EIGHT] = [hexId(eventIdOf(5)), hexId(eventIdOf(6))]
const want = (subscription: 7 | 8, more: Partial<ReturnType<typeof wanted>> = {}) =>
  wanted('ann', [1, subscription], { subscriptionHex: subscription === 7 ? SEVEN : EIGHT, ...more })

const add = { account: 'ann', subscription: idOf(7), plan: 'basic', addons: [] }
const change = { ...add, item: idOf(1) }
const remove = { account: 'ann', item: idOf(1) }

t.test('an item is refused, in this order', async (t) => {
  const twice = { ...add, addons: ['more', 'space', 'more'] }
  given().when('add-cart-item', twice, bob).refused(t, 'forbidden', 'request')
  given().when('add-cart-item', twice, ann).refused(t, 'cart_addon_twice', 'request')
  given().when('add-cart-item', add, ann).refused(t, 'account_not_found')
  given(opened('ann')).when('add-cart-item', add, ann).refused(t, 'subscription_not_found')
  given(opened('ann'), { type: 'Purchased', data: purchased('ann', '0.00', 7) })
    .when('add-cart-item', add, ann)
    .refused(t, 'subscription_not_found')
  const bought = [opened('ann'), device('ann', 7)]
  given(...bought)
    .when('add-cart-item', add, ann)
    .refused(t, 'plan_not_found')
  given(...bought, published('basic', '10.00'), retired('plan', 'basic'))
    .when('add-cart-item', add, ann)
    .refused(t, 'plan_not_found')
  given(...bought, published('basic', '10.00', { billPeriod: 'once', currency: 'USD' }))
    .when('add-cart-item', add, ann)
    .refused(t, 'plan_not_renewed')
  const dollars = [...bought, published('basic', '10.00', { currency: 'USD' })]
  const one = { ...add, addons: ['more'] }
  given(...dollars)
    .when('add-cart-item', one, ann)
    .refused(t, 'item_not_found')
  given(...dollars, addon('more'), retired('addon', 'more'))
    .when('add-cart-item', one, ann)
    .refused(t, 'item_not_found')
  given(...dollars, addon('more', 'USD'))
    .when('add-cart-item', one, ann)
    .refused(t, 'wrong_currency')
  given(...dollars)
    .when('add-cart-item', add, ann)
    .refused(t, 'wrong_currency')
  const code = { ...add, promocode: 'few' }
  given(...filled, granted(promocode('few'), 'bob', 1, 4))
    .when('add-cart-item', code, ann)
    .refused(t, 'promocode_not_found')
  given(...filled, granted(promocode('few', { plans: ['pro'] }), 'ann', 1, 4))
    .when('add-cart-item', code, ann)
    .refused(t, 'promocode_wrong_plan')
  given(...filled, granted(promocode('few', { expiresAt: NOW }), 'ann', 1, 4))
    .when('add-cart-item', code, ann)
    .refused(t, 'promocode_expired')
  const taken = [...running, added('ann', [1, 7], { promocode: 'ten' })]
  given(...taken)
    .when('add-cart-item', { ...add, promocode: 'ten' }, ann)
    .refused(t, 'cart_has_subscription')
  given(...taken)
    .when('add-cart-item', { ...add, subscription: idOf(8), promocode: 'ten' }, ann)
    .refused(t, 'cart_has_promocode')
})

t.test('what changes nothing is refused as a checkout refuses it', async (t) => {
  const free = published('Free', '0.00')
  const runs = { ...purchased('ann', '0.00', 7), items: [{ ...monthly(idOf(7)), subscriptionLeaf: 5 }] }
  const paid = [...running, free, { type: 'Purchased' as const, data: runs }]
  const withMore = { ...add, addons: ['more'] }
  given(...running, free)
    .when('add-cart-item', { ...add, plan: 'Free' }, ann)
    .refused(t, 'subscription_unchanged')
  given(...running, free)
    .when('add-cart-item', { ...add, plan: 'Free', addons: ['more'] }, ann)
    .then(t, { type: 'CartItemAdded', data: want(7, { item: NEW_ID, plan: 'Free', addons: ['more'] }) })
  given(...paid)
    .when('add-cart-item', add, ann)
    .refused(t, 'subscription_unchanged')
  given(...paid)
    .when('add-cart-item', withMore, ann)
    .then(t, { type: 'CartItemAdded', data: want(7, { item: NEW_ID, addons: ['more'] }) })
  given(...paid)
    .when('add-cart-item', { ...add, promocode: 'ten' }, ann)
    .then(t, { type: 'CartItemAdded', data: want(7, { item: NEW_ID, promocode: 'ten' }) })
  given(...paid, added('ann', [1, 8]))
    .when('change-cart-item', change, ann)
    .refused(t, 'subscription_unchanged')
  given(...paid)
    .when('add-cart-item', { ...add, plan: 'Free', promocode: 'ten' }, ann)
    .refused(t, 'promocode_wrong_plan')
})

t.test('a cart is full with twenty items', async (t) => {
  const items = (count: number) => Array.from({ length: count }, (_, n) => added('ann', [n, 100 + n]))
  given(...running, ...items(19))
    .when('add-cart-item', add, ann)
    .then(t, { type: 'CartItemAdded', data: want(7, { item: NEW_ID }) })
  given(...running, ...items(20))
    .when('add-cart-item', add, ann)
    .refused(t, 'cart_full')
  given(...running, ...items(20), removed('ann', [3, ITEM + 3]))
    .when('add-cart-item', add, ann)
    .then(t, { type: 'CartItemAdded', data: want(7, { item: NEW_ID }) })
})

t.test('the owner, who acts for him and an admin put items in, of a subscription by either id', async (t) => {
  const all = { ...add, addons: ['more', 'space'], promocode: 'ten' }
  const data = want(7, { item: NEW_ID, addons: ['more', 'space'], promocode: 'ten' })
  for (const who of [ann, actor('shop', ['ann']), admin]) {
    for (const subscription of [idOf(7), SEVEN]) {
      given(...running)
        .when('add-cart-item', { ...all, subscription }, who)
        .then(t, { type: 'CartItemAdded', data })
    }
  }
})

t.test('what is in flight counts', async (t) => {
  givenInFlight(...filled)
    .when('add-cart-item', add, ann)
    .refused(t, 'cart_has_subscription')
  givenInFlight(...filled)
    .when('change-cart-item', change, ann)
    .waits(t)
  givenInFlight(...filled)
    .when('remove-cart-item', remove, ann)
    .waits(t)
})

t.test('a change is refused, in this order', async (t) => {
  const twice = { ...change, addons: ['more', 'more'] }
  given(...filled)
    .when('change-cart-item', twice, bob)
    .refused(t, 'forbidden', 'request')
  given(...filled)
    .when('change-cart-item', twice, ann)
    .refused(t, 'cart_addon_twice', 'request')
  given().when('change-cart-item', change, ann).refused(t, 'account_not_found')
  given(...running)
    .when('change-cart-item', change, ann)
    .refused(t, 'cart_item_not_found')
  given(...filled, removed('ann', [1, ITEM]))
    .when('change-cart-item', change, ann)
    .refused(t, 'cart_item_not_found')
  given(...filled)
    .when('change-cart-item', { ...change, subscription: idOf(9) }, ann)
    .refused(t, 'subscription_not_found')
  given(...filled)
    .when('change-cart-item', { ...change, plan: 'none' }, ann)
    .refused(t, 'plan_not_found')
  given(...filled, added('ann', [2, 8]))
    .when('change-cart-item', { ...change, subscription: idOf(8) }, ann)
    .refused(t, 'cart_has_subscription')
})

t.test('what a card is about to pay for is neither changed nor removed', async (t) => {
  const items = [{ ...monthly(idOf(7)), subscriptionLeaf: 5 }]
  const paying = [...filled, started(9, { purpose: 'purchase', amount: '22.00', items, lines: [] })]
  for (const [command, asked] of [
    ['change-cart-item', { ...change, plan: 'pro' }],
    ['remove-cart-item', remove],
  ] as const) {
    given(...paying)
      .when(command, asked, ann)
      .refused(t, 'subscription_locked')
  }
  given(...paying, added('ann', [2, 8]))
    .when('remove-cart-item', { ...remove, item: idOf(2) }, ann)
    .then(t, removed('ann', [2, ITEM + 2]))
})

t.test('an item is changed as a whole, by either id', async (t) => {
  const before = [...running, added('ann', [1, 7], { addons: ['more'], promocode: 'ten' })]
  const asked = { ...change, subscription: idOf(8), plan: 'pro' }
  const data = { ...want(8, { plan: 'pro' }), itemLeaf: ITEM, createdAt: NOW }
  for (const item of [idOf(1), hexId(eventIdOf(ITEM))]) {
    given(...before)
      .when('change-cart-item', { ...asked, item }, ann)
      .then(t, { type: 'CartItemChanged', data })
  }
  given(...before)
    .when('change-cart-item', change, admin)
    .then(t, { type: 'CartItemChanged', data: { ...want(7), itemLeaf: ITEM, createdAt: NOW } })
})

t.test('removing is refused, in this order', async (t) => {
  given(...filled)
    .when('remove-cart-item', remove, bob)
    .refused(t, 'forbidden', 'request')
  given().when('remove-cart-item', remove, ann).refused(t, 'account_not_found')
  given(...running)
    .when('remove-cart-item', remove, ann)
    .refused(t, 'cart_item_not_found')
})

t.test('an item is removed by either id, though nothing of it is sold any more', async (t) => {
  for (const item of [idOf(1), hexId(eventIdOf(ITEM))]) {
    given(...filled, retired('plan', 'basic'))
      .when('remove-cart-item', { ...remove, item }, ann)
      .then(t, removed('ann', [1, ITEM]))
  }
})
