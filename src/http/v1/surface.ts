import { projections } from '../../projections/projections.js'
import { writeJson } from '../json.js'
import type { Surface } from '../route.js'
import { accountCheckoutRoutes } from './account-checkouts.js'
import { accountRoutes } from './accounts.js'
import { cartRoutes } from './cart.js'
import { catalogueRoutes } from './catalogue.js'
import { checkoutRoutes } from './checkouts.js'
import { couponRoutes } from './coupons.js'
import { customerRoutes } from './customers.js'
import { entries } from './entries.js'
import { healthRoutes } from './health.js'
import { history } from './history.js'
import { instanceRoutes } from './instances.js'
import { movementRoutes } from './movements.js'
import { orderRoutes } from './orders.js'
import { problemOf } from './problem.js'
import { promocodeRoutes } from './promocodes.js'
import { purchaseRoutes } from './purchases.js'
import { quoteRoutes } from './quotes.js'
import { rebuilds } from './rebuilds.js'
import { refundRoutes } from './refunds.js'
import { renewals } from './renewals.js'
import { subscriptionRoutes } from './subscriptions.js'
import { transactionRoutes } from './transactions.js'
import { transferRoutes } from './transfers.js'

/** Our own API: amounts are strings, refusals RFC 9457. */
export const v1: Surface = {
  name: 'v1',
  routes: [
    ...accountRoutes,
    ...movementRoutes,
    ...transferRoutes,
    ...orderRoutes,
    ...refundRoutes,
    ...purchaseRoutes,
    ...subscriptionRoutes,
    entries,
    history,
    ...couponRoutes,
    ...instanceRoutes,
    rebuilds,
    renewals,
    ...checkoutRoutes,
    ...healthRoutes,
    ...catalogueRoutes,
    ...customerRoutes,
    ...promocodeRoutes,
    ...cartRoutes,
    ...accountCheckoutRoutes,
    ...transactionRoutes,
    ...quoteRoutes,
  ],
  views: projections,
  contentTypes: ['application/json'],
  untyped: false,
  refuse: (refused) => ({ type: 'application/problem+json; charset=utf-8', body: writeJson(problemOf(refused)) }),
}
