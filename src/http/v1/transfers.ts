import { RequestRefused } from '../errors.js'
import type { Fields } from '../fields.js'
import { type BulkRoute, type CommandRoute, type Intent, intent, type Route } from '../route.js'
import { eventOf, eventReply, resultOf } from './reply.js'
import { BULK_LIMIT, bulk, bulkItem, trading } from './schemas.js'

const intentOf = (body: Fields): Intent => {
  const terms = {
    buyer: body.name('buyer'),
    seller: body.name('seller'),
    amount: body.text('amount'),
    ...body.some('currency', 'plan', 'reference'),
  }
  if (body.raw('authorize') === true) return intent('authorize', { ...terms, ...body.some('expiresAt') })
  if (body.has('expiresAt')) {
    throw new RequestRefused('invalid_request', 'expiresAt is for a transfer with authorize: true.')
  }
  return intent('trade', terms)
}

const transfer: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/v1/transfers',
  body: trading,
  commands: ['trade', 'authorize'],
  status: 201,
  toIntent: ({ body }) => intentOf(body),
  toReply: eventReply,
}

const transfers: BulkRoute = {
  kind: 'bulk',
  method: 'POST',
  url: '/v1/transfers/bulk',
  body: bulk,
  bodyLimit: BULK_LIMIT,
  commands: ['trade', 'authorize'],
  item: bulkItem,
  toIntent: intentOf,
  toReply: resultOf(eventOf),
}

export const transferRoutes: readonly Route[] = [transfer, transfers]
