import { uuid } from '../../../events/parts.js'
import { MAX_ADDONS } from '../../ledger/cart.js'
import type { CartItemInput } from '../../ledger/decide/cart.js'
import type { ShownItem } from '../../projections/carts.js'
import { balanceOf } from '../balance.js'
import { cartOf } from '../cart.js'
import type { Fields } from '../fields.js'
import { writeJson } from '../json.js'
import { type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { named, subscriptionId } from '../schema.js'
import { eventReply } from './reply.js'
import { byName, fields } from './schemas.js'

const items = '/v1/accounts/:name/cart/items'
const byItem = fields({ name: named, item: uuid })
/** An item, of a cart or of a checkout. */
export const wanting = fields(
  { subscription: subscriptionId, plan: named },
  { addons: { type: 'array', maxItems: MAX_ADDONS, items: named }, promocode: named },
)

export const itemIn = (given: Fields): Omit<CartItemInput, 'account'> => ({
  subscription: given.text('subscription'),
  plan: given.name('plan'),
  addons: given.has('addons') ? given.names('addons') : [],
  ...(given.has('promocode') && { promocode: given.name('promocode') }),
})

const wanted = ({ params, body }: Call): CartItemInput => ({ account: params.name('name'), ...itemIn(body) })

const add: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: items,
  params: byName,
  body: wanting,
  commands: ['add-cart-item'],
  status: 201,
  toIntent: (call) => intent('add-cart-item', wanted(call)),
  toReply: eventReply,
}

/** All of the item is said again. */
const change: CommandRoute = {
  kind: 'command',
  method: 'PUT',
  url: `${items}/:item`,
  params: byItem,
  body: wanting,
  commands: ['change-cart-item'],
  status: 200,
  toIntent: (call) => intent('change-cart-item', { ...wanted(call), item: call.params.text('item') }),
  toReply: eventReply,
}

const remove: CommandRoute = {
  kind: 'command',
  method: 'DELETE',
  url: `${items}/:item`,
  params: byItem,
  commands: ['remove-cart-item'],
  status: 200,
  toIntent: ({ params }) => intent('remove-cart-item', { account: params.name('name'), item: params.text('item') }),
  toReply: eventReply,
}

const shown = ({ id, leaf, subscription, plan, addons, promocode, createdAt, modifiedAt }: ShownItem) => ({
  item: id,
  leaf,
  subscription,
  plan,
  addons,
  promocode: promocode ?? undefined,
  createdAt,
  modifiedAt,
})

const cart: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/accounts/:name/cart',
  params: byName,
  read: async (call) => {
    const account = call.params.name('name')
    await balanceOf(call, account)
    return { status: 200, body: writeJson({ items: (await cartOf(call, account)).map(shown) }) }
  },
}

export const cartRoutes: readonly Route[] = [cart, add, change, remove]
