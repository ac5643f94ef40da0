import { projections } from '../../projections/projections.js'
import { writeJson } from '../json.js'
import type { Surface } from '../route.js'
import { catalogueRoutes } from './catalogue.js'
import { couponRoutes } from './coupons.js'
import { instanceRoutes } from './instances.js'
import { moneyRoutes } from './money.js'

/** The payment and integration API: seed 000. Amounts are numbers, replies have no envelope. */
export const payment: Surface = {
  name: 'payment',
  routes: [...moneyRoutes, ...catalogueRoutes, ...couponRoutes, ...instanceRoutes],
  views: projections,
  contentTypes: 'any',
  untyped: true,
  refuse: ({ code, detail, instance }) => ({
    type: 'application/json; charset=utf-8',
    body: writeJson({ code, message: instance === undefined ? detail : `${detail} (request ${instance})` }),
  }),
}
