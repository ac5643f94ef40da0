import t, { type Test } from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { idOf } from '../../support/books.js'
import { NONCE } from '../../support/charging.js'
import { opened, published, recharged } from '../../support/facts.js'
import { startOn } from '../live-world.js'
import { bearer } from '../world.js'

const free = { plan: 'Free', planVersion: 1, name: 'F', type: 'C', price: '0.00', billPeriod: 'M', description: '' }
const shop: readonly Fact[] = [
  published('Pro', '30.00'),
  published('Max', '50.00'),
  opened('alice'),
  recharged('alice', '40.00'),
  { type: 'SubscriptionOpened', data: { subscription: idOf(50), account: 'alice', device: 'D', item: free } },
  { type: 'SubscriptionOpened', data: { subscription: idOf(51), account: 'alice', device: 'E', item: free } },
]
const alice = bearer('alice')
const items = [{ subscription: idOf(50), plan: 'Pro' }]
const others = [{ subscription: idOf(51), plan: 'Pro' }]

const open = async (t: Test) => {
  const live = await startOn(t, shop)
  const post = (path: string, body: unknown, headers: Record<string, string> = {}, who = alice) =>
    live.send(['POST', `/v1/accounts/alice/${path}`], who, body, headers)
  const state = (checkout: string, who = alice) => live.send(['GET', `/v1/accounts/alice/checkouts/${checkout}`], who)
  return { ...live, post, state }
}

t.test('with a nonce, then with the card that is kept, or from the balance', async (t) => {
  const { post, state, types, gateway, kept } = await open(t)
  const none = await post('checkouts', { items, payWith: 'card' })
  t.match([none.status, none.json().code], [409, 'no_card'])
  const first = await post('checkouts', { items, nonce: NONCE })
  t.equal(first.status, 201)
  const { type, checkout, checkoutLeaf, amount, card, transaction } = first.json()
  t.match({ type, amount }, { type: 'CheckoutPaid', amount: '30.00' })
  t.match(await kept.get(`card/${card}`), /^card_/)
  t.notMatch(first.text, /card_|fake-valid/)
  for (const reference of [checkout, String(checkoutLeaf)]) {
    const { number, state: is, purpose } = (await state(reference)).json()
    t.strictSame([number, is, purpose], [checkoutLeaf, 'paid', 'purchase'])
  }
  t.match((await state(checkout)).json(), { transaction, unwanted: [], items: [{ plan: 'Pro' }] })
  t.equal((await state(checkout, bearer('bob'))).status, 404)
  t.equal((await state(idOf(99))).status, 404)
  t.equal((await state(checkout, bearer('eve', { roles: ['auditor'] }))).status, 200)
  const second = await post('checkouts', { items: others, payWith: 'card' })
  t.match([second.status, second.json().type], [201, 'CheckoutPaid'])
  const short = await post('checkouts', { items: [{ subscription: idOf(51), plan: 'Max' }], payWith: 'balance' })
  t.match([short.status, short.json().type, short.json().amount], [201, 'Purchased', '20.00'])
  t.same(await types(), ['CheckoutStarted', 'CheckoutPaid', 'CheckoutStarted', 'CheckoutPaid', 'Purchased'])
  t.equal(gateway.count('sale'), 2)
})

t.test('of all that lies in the cart', async (t) => {
  const { post, types } = await open(t)
  t.equal((await post('checkouts', { cart: true, payWith: 'balance' })).json().code, 'cart_empty')
  t.equal((await post('checkouts', { cart: true, nonce: NONCE })).json().code, 'cart_empty')
  await post('cart/items', items[0])
  t.equal((await post('checkouts', { cart: true, nonce: NONCE })).json().cart.length, 1)
  t.same(await types(), ['CartItemAdded', 'CheckoutStarted', 'CheckoutPaid'])
})

t.test('one way to pay, and one of items or cart', async (t) => {
  const { post, types } = await open(t)
  for (const body of [
    {},
    { items },
    { nonce: NONCE },
    { items, cart: true, nonce: NONCE },
    { items, nonce: NONCE, payWith: 'card' },
    { items, payWith: 'cash' },
    { cart: false, nonce: NONCE },
  ]) {
    const reply = await post('checkouts', body)
    t.match([reply.status, reply.json().code], [400, 'invalid_request'], JSON.stringify(body))
  }
  const stranger = await post('checkouts', { items, nonce: NONCE }, {}, bearer('bob'))
  t.match([stranger.status, stranger.json().code], [403, 'forbidden'])
  t.same(await types(), [])
})

t.test('a recharge by card: the money is there, once', async (t) => {
  const { post, types, gateway, send } = await open(t)
  const body = { amount: '20', nonce: NONCE }
  const key = { 'idempotency-key': 'k' }
  const first = await post('recharges', body, key)
  t.match([first.status, first.json()], [201, { type: 'CheckoutPaid', purpose: 'recharge', amount: '20.00' }])
  t.same((await post('recharges', body, key)).text, first.text)
  t.equal((await send(['GET', '/v1/accounts/alice'], alice)).json().actual, '60.00')
  t.same(await types(), ['CheckoutStarted', 'CheckoutPaid'])
  t.equal(gateway.count('sale'), 1)
  gateway.plan('sale', 'declined')
  const declined = await post('recharges', body)
  t.match([declined.status, declined.json().code], [402, 'card_declined'])
  const stray = await post('recharges', { ...body, method: 'bank' })
  t.match([stray.status, stray.json().detail], [400, 'body/method: a card payment has none'])
  const admin = bearer('root', { roles: ['admin'] })
  t.equal((await post('recharges', { amount: '5', method: 'bank' }, {}, admin)).json().type, 'Recharged')
  const far = await post('recharges', { amount: '20', currency: 'USD', nonce: NONCE })
  t.match([far.status, far.json().code], [422, 'wrong_currency'])
})

t.test(
  'while the store of secrets is away no plan is paid by card, and nothing is begun; a recharge keeps no card',
  async (t) => {
    const { post, types, gateway, control } = await open(t)
    control.away = true
    const reply = await post('checkouts', { items, nonce: NONCE })
    t.match([reply.status, reply.json().code], [503, 'secrets_unreachable'])
    t.same(await types(), [])
    t.equal(gateway.count('sale'), 0)
    t.equal((await post('recharges', { amount: '20', nonce: NONCE })).status, 201)
  },
)

t.test('who returns a payment names a checkout that there is', async (t) => {
  const { post, types } = await open(t)
  const reply = await post(`checkouts/${idOf(99)}/return`, { reason: 'r' }, {}, bearer('root', { roles: ['admin'] }))
  t.match([reply.status, reply.json().code], [404, 'checkout_not_found'])
  t.same(await types(), [])
})

t.test('the price has changed between the question and the answer: the balance is not touched', async (t) => {
  const { commands, types } = await open(t)
  const actor = { subject: 'alice', admin: false, acts: () => true, may: () => false }
  const context = { actor, correlationId: 'c', idempotency: null }
  const outcome = await commands.execute('buy', { account: 'alice', items, free: true }, context)
  t.match(outcome, { kind: 'refused', refusal: { code: 'price_changed', detail: '30.00 EUR are to be paid now.' } })
  t.same(await types(), [])
})
