import { surfaces } from '../../src/http/app.js'
import type { Route } from '../../src/http/route.js'
import { NONCE } from '../support/charging.js'
import { catalogued } from './catalogue-examples.js'
import { CREDENTIALS, cartItemId, checkoutId, code, id, paymentId } from './world.js'

/** A good request of each route. */
export interface Example {
  readonly url: string
  readonly body?: Readonly<Record<string, unknown>>
  /** Whose account the path names; `null`: it names none. */
  readonly owner: string | null
  /** Who may read it where it is no account's: everyone with a token, or those who read all. */
  readonly readers?: 'anyone' | 'staff'
  /** It is the caller's own, and alice's; others have none, which is 404 or this. */
  readonly own?: true | 422
  /** Its reply is for the owner and an admin alone, whatever the rules say. */
  readonly secret?: true
}

const refund = `/v1/orders/${id(5)}/refunds/${id(6)}`
const trade = { buyer: 'alice', seller: 'bob', amount: '12.50', currency: 'EUR', plan: 'p', reference: 'r' }

const cartItem = { subscription: id(7), plan: 'pro', addons: ['more'], promocode: 'ten' }
const shownItem = { subscription_id: 'a'.repeat(24), plan_id: 'pro', addon_ids: ['more'], promocode: 'ten' }
const ADDRESS = { name: 'Alice', country: 'Singapore', city: 'Singapore', postal: '222222', region: 'Central' }

const examples: Readonly<Record<string, Example>> = {
  'GET /bill/:loginname': { url: '/bill/alice', owner: 'alice' },
  'GET /bill/:loginname/info': { url: '/bill/alice/info', owner: 'alice' },
  'GET /bill/:loginname/detail': {
    url: '/bill/alice/detail',
    body: { start_time: '2026-01-01', end_time: '2026-12-31', trade_type: '2', status: '2' },
    owner: 'alice',
  },
  'PUT /bill/:loginname/recharge': { url: '/bill/alice/recharge', body: { trade_amount: '100' }, owner: 'alice' },
  'PUT /bill/:loginname/trade': {
    url: '/bill/alice/trade',
    body: { trade_amount: '100', trade_user: 'bob', plan_id: '11', status: '1' },
    owner: 'alice',
  },
  'PUT /bill/:loginname/cancel': { url: '/bill/alice/cancel', body: { order_id: '3' }, owner: 'alice' },
  'PUT /bill/:loginname/status': { url: '/bill/alice/status', body: { order_id: '3', status: '4' }, owner: 'alice' },
  'POST /payment/v1/recharge': {
    url: '/payment/v1/recharge',
    body: { amount: '1234.34', namespace: 'alice' },
    owner: 'alice',
  },
  'GET /payment/v1/balance': { url: '/payment/v1/balance?namespace=alice', owner: 'alice' },
  'GET /payment/v1/amounts': { url: '/payment/v1/amounts?namespace=alice', owner: 'alice' },
  'GET /payment/v1/amounts/:tid': { url: '/payment/v1/amounts/3?namespace=alice', owner: 'alice' },
  'POST /payment/v1/checkout': {
    url: '/payment/v1/checkout',
    body: { plan_id: 'Basic10', namespace: 'alice', region: 'cn-north-1' },
    owner: 'alice',
  },
  'GET /payment/v1/account': { url: '/payment/v1/account?namespace=alice&region=cn-north-1', owner: 'alice' },
  'POST /v1/accounts': {
    url: '/v1/accounts',
    body: { name: 'new', currency: 'EUR', creditLimit: '0.00' },
    owner: null,
  },
  'GET /v1/accounts/:name': { url: '/v1/accounts/alice', owner: 'alice' },
  'PUT /v1/accounts/:name/credit-limit': {
    url: '/v1/accounts/alice/credit-limit',
    body: { creditLimit: '5' },
    owner: 'alice',
  },
  'POST /v1/accounts/:name/freeze': { url: '/v1/accounts/alice/freeze', body: { reason: 'why' }, owner: 'alice' },
  'POST /v1/accounts/:name/unfreeze': { url: '/v1/accounts/alice/unfreeze', body: { reason: 'why' }, owner: 'alice' },
  'POST /v1/accounts/:name/recharges': {
    url: '/v1/accounts/alice/recharges',
    body: { amount: '1', currency: 'EUR', method: 'bank', reference: 'r', effectiveDate: '2026-01-01' },
    owner: 'alice',
  },
  'POST /v1/accounts/:name/reversals': {
    url: '/v1/accounts/alice/reversals',
    body: { recharge: '2', amount: '1', reason: 'why' },
    owner: 'alice',
  },
  'POST /v1/accounts/:name/withdrawals': {
    url: '/v1/accounts/alice/withdrawals',
    body: { amount: '1', currency: 'EUR', method: 'bank', reference: 'r' },
    owner: 'alice',
  },
  'POST /v1/accounts/:name/adjustments': {
    url: '/v1/accounts/alice/adjustments',
    body: { direction: 'up', amount: '1', reason: 'why', currency: 'EUR', effectiveDate: '2026-01-01' },
    owner: 'alice',
  },
  'POST /v1/transfers': {
    url: '/v1/transfers',
    body: { ...trade, authorize: true, expiresAt: '2026-03-02T00:00:00.000Z' },
    owner: null,
  },
  'POST /v1/transfers/bulk': { url: '/v1/transfers/bulk', body: { items: [trade] }, owner: null },
  'GET /v1/orders/:order': { url: '/v1/orders/3', owner: 'alice' },
  'POST /v1/orders/:order/capture': { url: '/v1/orders/4/capture', body: { amount: '1' }, owner: null },
  'POST /v1/orders/:order/void': { url: '/v1/orders/4/void', owner: null },
  'POST /v1/orders/:order/refunds': {
    url: '/v1/orders/3/refunds',
    body: { amount: '1', reason: 'why' },
    owner: null,
  },
  'POST /v1/orders/:order/refunds/:refund/approve': { url: `${refund}/approve`, owner: null },
  'POST /v1/orders/:order/refunds/:refund/reject': { url: `${refund}/reject`, body: { reason: 'why' }, owner: null },
  'POST /v1/orders/:order/refunds/:refund/withdraw': { url: `${refund}/withdraw`, owner: null },
  'GET /v1/accounts/:name/entries': { url: '/v1/accounts/alice/entries', owner: 'alice' },
  'GET /v1/accounts/:name/history': { url: '/v1/accounts/alice/history', owner: 'alice' },
  'POST /v1/coupon-batches': {
    url: '/v1/coupon-batches',
    body: { batch: 'spring', count: 2, amount: '10', currency: 'EUR', expiresAt: '2026-12-31T16:00:00.000Z' },
    owner: null,
  },
  'GET /v1/coupon-batches/:batch': { url: '/v1/coupon-batches/spring', owner: null, readers: 'staff' },
  'GET /payment/v1/coupon/:couponcode': { url: `/payment/v1/coupon/${code}`, owner: null, readers: 'anyone' },
  'POST /payment/v1/redeem': {
    url: '/payment/v1/redeem',
    body: { serial: 'spring-1', code, namespace: 'alice', region: 'cn-north-1' },
    owner: 'alice',
  },
  'POST /v1/instances': {
    url: '/v1/instances',
    body: { instance: 'new', service: 'db', owner: 'alice', credentials: CREDENTIALS },
    owner: null,
  },
  'GET /v1/instances/:instance': { url: '/v1/instances/i-1', owner: 'alice' },
  'GET /v1/instances/:instance/fetches': { url: '/v1/instances/i-1/fetches', owner: 'alice' },
  'POST /v1/instances/:instance/deprovision': {
    url: '/v1/instances/i-1/deprovision',
    body: { reason: 'why' },
    owner: null,
  },
  'POST /integration/v1/instance/:instance_id': { url: '/integration/v1/instance/i-1', owner: 'alice', secret: true },
  'POST /v1/accounts/:name/purchases': {
    url: '/v1/accounts/alice/purchases',
    body: { plan: 'Basic10', region: 'cn-north-1' },
    owner: 'alice',
  },
  'GET /v1/accounts/:name/subscriptions': { url: '/v1/accounts/alice/subscriptions', owner: 'alice' },
  'POST /v1/accounts/:name/subscriptions/:subscription/cancel': {
    url: `/v1/accounts/alice/subscriptions/${id(7)}/cancel`,
    owner: 'alice',
  },
  'POST /v1/accounts/:name/subscriptions': {
    url: '/v1/accounts/alice/subscriptions',
    body: { device: 'PH80XXRR0616207E', deviceName: 'G1' },
    owner: 'alice',
  },
  'GET /v1/accounts/:name/subscriptions/:subscription': {
    url: `/v1/accounts/alice/subscriptions/${id(70)}`,
    owner: 'alice',
  },
  'POST /v1/accounts/:name/subscriptions/:subscription/usage': {
    url: `/v1/accounts/alice/subscriptions/${id(70)}/usage`,
    body: { used: { sms: '1', email: '2', notification: '3', storage: '0.05' }, reference: 'r' },
    owner: 'alice',
  },
  'POST /v1/accounts/:name/subscriptions/:subscription/close': {
    url: `/v1/accounts/alice/subscriptions/${id(70)}/close`,
    owner: 'alice',
  },
  'GET /payment/subscription': { url: '/payment/subscription/', owner: null },
  'GET /payment/subscription/:id': { url: `/payment/subscription/${id(70)}/`, owner: null, own: true },
  'POST /payment/cancel_subscription': {
    url: '/payment/cancel_subscription/',
    body: { subscription_id: 'a'.repeat(24) },
    owner: null,
  },
  'POST /v1/purchases/:order/refunds': {
    url: '/v1/purchases/3/refunds',
    body: { amount: '1', reason: 'why' },
    owner: null,
  },
  'GET /v1/accounts/:name/cart': { url: '/v1/accounts/alice/cart', owner: 'alice' },
  'POST /v1/accounts/:name/cart/items': { url: '/v1/accounts/alice/cart/items', body: cartItem, owner: 'alice' },
  'PUT /v1/accounts/:name/cart/items/:item': {
    url: `/v1/accounts/alice/cart/items/${id(6)}`,
    body: cartItem,
    owner: 'alice',
  },
  'DELETE /v1/accounts/:name/cart/items/:item': { url: `/v1/accounts/alice/cart/items/${id(6)}`, owner: 'alice' },
  'POST /v1/renewals': { url: '/v1/renewals', body: { asOf: '2026-03-01' }, owner: null },
  'GET /payment/v1/market': { url: '/payment/v1/market?region=north&type=c', owner: null },
  'GET /payment/v1/regions': { url: '/payment/v1/regions', owner: null },
  'GET /integration/v1/repos': { url: '/integration/v1/repos', owner: null },
  'GET /integration/v1/repos/:repo': { url: '/integration/v1/repos/maps', owner: null },
  'GET /integration/v1/repos/:repo/items/:item': { url: '/integration/v1/repos/maps/items/roads', owner: null },
  'GET /integration/v1/services': { url: '/integration/v1/services', owner: null },
  'GET /v1/checkouts': { url: '/v1/checkouts?state=open', owner: null, readers: 'staff' },
  'POST /v1/checkouts/settle': { url: '/v1/checkouts/settle', body: { olderMinutes: 5 }, owner: null },
  'POST /v1/checkouts/:checkout/fail': { url: `/v1/checkouts/${checkoutId}/fail`, owner: null },
  'POST /v1/accounts/:name/checkouts/:checkout/return': {
    url: `/v1/accounts/alice/checkouts/${checkoutId}/return`,
    body: { reason: 'r' },
    owner: 'alice',
  },
  'POST /v1/rebuilds': { url: '/v1/rebuilds', body: { view: 'balances' }, owner: null },
  ...catalogued(),
  'GET /payment/plan': { url: '/payment/plan/', owner: null },
  'GET /payment/plan/:id': { url: '/payment/plan/pro/', owner: null },
  'GET /payment/addon': { url: '/payment/addon/', owner: null },
  'GET /payment/addon/:id': { url: '/payment/addon/more/', owner: null },
  'GET /payment/billing_address': { url: '/payment/billing_address/', owner: null },
  'POST /payment/billing_address': {
    url: '/payment/billing_address/',
    body: { ...ADDRESS, billing_address: 'Somewhere 1' },
    owner: null,
  },
  'GET /payment/cartitem': { url: '/payment/cartitem/', owner: null },
  'GET /payment/cartitem/:id': { url: `/payment/cartitem/${cartItemId}/`, owner: null, own: true },
  'POST /payment/cartitem': { url: '/payment/cartitem/', body: shownItem, owner: null },
  'PUT /payment/cartitem/:id': { url: `/payment/cartitem/${cartItemId}/`, body: shownItem, owner: null },
  'DELETE /payment/cartitem/:id': { url: `/payment/cartitem/${cartItemId}/`, owner: null },
  'GET /v1/accounts/:name/customer': { url: '/v1/accounts/alice/customer', owner: 'alice' },
  'PUT /v1/accounts/:name/customer': {
    url: '/v1/accounts/alice/customer',
    body: { ...ADDRESS, billingAddress: 'Somewhere 1' },
    owner: 'alice',
  },
  'POST /v1/accounts/:name/erase': { url: '/v1/accounts/alice/erase', owner: 'alice' },
  'POST /v1/promocodes/:promocode/grants': {
    url: '/v1/promocodes/ten/grants',
    body: { account: 'alice' },
    owner: null,
  },
  'POST /v1/promocodes/:promocode/grants/bulk': {
    url: '/v1/promocodes/ten/grants/bulk',
    body: { items: [{ account: 'alice' }] },
    owner: null,
  },
  'GET /v1/promocodes/:promocode/grants': { url: '/v1/promocodes/ten/grants', owner: null, readers: 'staff' },
  'GET /payment/promocode': { url: '/payment/promocode/', owner: null },
  'GET /payment/promocode/:id': { url: '/payment/promocode/ten/', owner: null, own: true },
  'POST /payment/verify_promocode': {
    url: '/payment/verify_promocode/',
    body: { promocode: 'ten', plan_id: 'pro' },
    owner: null,
    own: 422,
  },
  'GET /v1/accounts/:name/promocodes': { url: '/v1/accounts/alice/promocodes', owner: 'alice' },
  'POST /v1/accounts/:name/checkouts': {
    url: '/v1/accounts/alice/checkouts',
    body: { items: [cartItem], nonce: NONCE },
    owner: 'alice',
  },
  'GET /v1/accounts/:name/checkouts/:checkout': { url: `/v1/accounts/alice/checkouts/${checkoutId}`, owner: 'alice' },
  'GET /payment/client_token': { url: '/payment/client_token/', owner: null },
  'POST /payment/checkout': { url: '/payment/checkout/', body: { items: [shownItem], nonce: NONCE }, owner: null },
  'POST /payment/cart/checkout': { url: '/payment/cart/checkout/', body: { nonce: NONCE }, owner: null },
  'GET /payment/transaction': {
    url: '/payment/transaction/?start=2026-01-01&end=2026-12-31',
    owner: null,
  },
  'GET /payment/transaction/:id': { url: `/payment/transaction/${paymentId}/`, owner: null, own: true },
  'GET /v1/accounts/:name/transactions': { url: '/v1/accounts/alice/transactions', owner: 'alice' },
  'GET /v1/accounts/:name/transactions/:transaction': {
    url: `/v1/accounts/alice/transactions/${paymentId}`,
    owner: 'alice',
  },
  'POST /payment/prorate/calc': {
    url: '/payment/prorate/calc/',
    body: { new_plan_id: 'pro', old_plan_id: 'Free', addon_ids: ['more'] },
    owner: null,
  },
  'POST /v1/accounts/:name/quotes': {
    url: '/v1/accounts/alice/quotes',
    body: { items: [{ subscription: id(70), plan: 'pro', addons: ['more'], promocode: 'ten' }] },
    owner: 'alice',
  },
  'GET /v1/accounts/:name/cart/quote': { url: '/v1/accounts/alice/cart/quote', owner: 'alice' },
  'GET /health': { url: '/health', owner: null },
  'GET /ready': { url: '/ready', owner: null },
}

export interface Exemplified extends Example {
  readonly name: string
  readonly route: Route
  readonly surface: string
}

/** Every route with its example. Throws where one has none. */
export const exemplified: readonly Exemplified[] = surfaces.flatMap((surface) =>
  surface.routes.map((route) => {
    const name = `${route.method} ${route.url}`
    const example = examples[name]
    if (example === undefined) throw new Error(`${name} has no example`)
    return { ...example, name, route, surface: surface.name }
  }),
)
