import { surfaces } from '../../src/http/app.js'
import type { Route } from '../../src/http/route.js'
import { id } from './world.js'

/** A good request of each route. */
export interface Example {
  readonly url: string
  readonly body?: Readonly<Record<string, unknown>>
  /** Whose account the path names; `null`: it names none. */
  readonly owner: string | null
}

const refund = `/v1/orders/${id(5)}/refunds/${id(6)}`
const trade = { buyer: 'alice', seller: 'bob', amount: '12.50', currency: 'EUR', plan: 'p', reference: 'r' }

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
  'POST /v1/purchases/:order/refunds': {
    url: '/v1/purchases/3/refunds',
    body: { amount: '1', reason: 'why' },
    owner: null,
  },
  'POST /v1/renewals': { url: '/v1/renewals', body: { asOf: '2026-03-01' }, owner: null },
  'POST /v1/rebuilds': { url: '/v1/rebuilds', body: { view: 'balances' }, owner: null },
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
