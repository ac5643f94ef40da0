import { projections } from '../../projections/projections.js'
import { errorCatalogue } from '../errors.js'
import { writeJson } from '../json.js'
import type { Refused, Surface } from '../route.js'
import { addonRoutes } from './addons.js'
import { cartRoutes } from './cart.js'
import { checkoutRoutes } from './checkout.js'
import { customerRoutes } from './customers.js'
import { planRoutes } from './plans.js'
import { promocodeRoutes } from './promocodes.js'
import { prorateRoutes } from './prorate.js'
import { subscriptionRoutes } from './subscriptions.js'
import { transactionRoutes } from './transactions.js'

/** Code, sentence, next step: `plan_not_found: No such plan is sold. Look at the market for the plans on sale.` */
const messageOf = ({ code, detail, instance }: Refused): string => {
  const sentence = /[.!?]$/.test(detail) ? detail : `${detail}.`
  const where = instance === undefined ? '' : ` (request ${instance})`
  return `${code}: ${sentence} ${errorCatalogue[code].next}${where}`
}

/** The API of subscriptions: seed 002. Amounts, quotas and times are texts, times seconds since 1970. */
export const subscription: Surface = {
  name: 'subscription',
  routes: [
    ...planRoutes,
    ...addonRoutes,
    ...customerRoutes,
    ...promocodeRoutes,
    ...cartRoutes,
    ...checkoutRoutes,
    ...subscriptionRoutes,
    ...transactionRoutes,
    ...prorateRoutes,
  ],
  views: projections,
  contentTypes: ['application/json'],
  untyped: true,
  refuse: (refused) => ({
    type: 'application/json; charset=utf-8',
    body: writeJson({ status: 'ERROR', message: messageOf(refused), data: null }),
  }),
}
