import { shownId } from '../../../events/parts.js'
import { MAX_ADDONS } from '../../ledger/cart.js'
import type { CartItemInput } from '../../ledger/decide/cart.js'
import { hexId } from '../../ledger/hex-id.js'
import type { ShownItem } from '../../projections/carts.js'
import { cartOf } from '../cart.js'
import { RequestRefused } from '../errors.js'
import type { Fields } from '../fields.js'
import type { Writable } from '../json.js'
import { type Call, type CommandRoute, type Done, intent, type ReadRoute, type Route } from '../route.js'
import { fields, named, orBlank, orNull, subscriptionId } from '../schema.js'
import { withData } from './reply.js'
import { epochSeconds } from './time.js'

const one = '/payment/cartitem/:id'
const byId = fields({ id: shownId })
/** What may be left out may be said to be none too, as the replies say it. */
export const addonIds = orNull({ type: 'array', maxItems: MAX_ADDONS, items: named })
/** An item, of a cart or of a checkout: all that the subscription is to have. */
export const wanting = fields(
  { subscription_id: subscriptionId, plan_id: named },
  { addon_ids: addonIds, promocode: orBlank(named) },
)

export const itemIn = (given: Fields): Omit<CartItemInput, 'account'> => ({
  subscription: given.text('subscription_id'),
  plan: given.name('plan_id'),
  addons: given.says('addon_ids') ? given.names('addon_ids') : [],
  ...(given.says('promocode') && { promocode: given.name('promocode') }),
})

const wanted = ({ caller, body }: Call): CartItemInput => ({ account: caller.subject, ...itemIn(body) })

type Shown = Pick<ShownItem, 'hex' | 'createdAt' | 'modifiedAt' | 'subscriptionHex' | 'plan' | 'addons' | 'promocode'>

const shown = ({ hex, createdAt, modifiedAt, subscriptionHex, plan, addons, promocode }: Shown): Writable => ({
  _id: hex,
  createdAt: epochSeconds(createdAt),
  modifiedAt: epochSeconds(modifiedAt),
  subscription_id: subscriptionHex,
  plan_id: plan,
  addon_ids: addons,
  promocode,
})

/** The item right after the event, of which all is known that is shown. */
const itemReply = ({ event }: Done, { params }: Call): string => {
  const { recordedAt: modifiedAt } = event.metadata
  switch (event.type) {
    case 'CartItemAdded': {
      const { promocode = null, ...rest } = event.data
      return withData(shown({ ...rest, promocode, hex: hexId(event.id), createdAt: modifiedAt, modifiedAt }))
    }
    case 'CartItemChanged': {
      const { promocode = null, ...rest } = event.data
      return withData(shown({ ...rest, promocode, hex: params.text('id'), modifiedAt }))
    }
    default:
      throw new TypeError(`${event.type} puts nothing into a cart`)
  }
}

const list: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/payment/cartitem',
  read: async (call) => ({ status: 200, body: withData((await cartOf(call, call.caller.subject)).map(shown)) }),
}

const item: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: one,
  params: byId,
  read: async (call) => {
    const items = await cartOf(call, call.caller.subject)
    const found = items.find(({ hex }) => hex === call.params.text('id'))
    if (found === undefined) throw new RequestRefused('cart_item_not_found')
    return { status: 200, body: withData(shown(found)) }
  },
}

const add: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/payment/cartitem',
  body: wanting,
  commands: ['add-cart-item'],
  status: 200,
  toIntent: (call) => intent('add-cart-item', wanted(call)),
  toReply: itemReply,
}

const change: CommandRoute = {
  kind: 'command',
  method: 'PUT',
  url: one,
  params: byId,
  body: wanting,
  commands: ['change-cart-item'],
  status: 200,
  toIntent: (call) => intent('change-cart-item', { ...wanted(call), item: call.params.text('id') }),
  toReply: itemReply,
}

const remove: CommandRoute = {
  kind: 'command',
  method: 'DELETE',
  url: one,
  params: byId,
  commands: ['remove-cart-item'],
  status: 200,
  toIntent: ({ caller, params }) => intent('remove-cart-item', { account: caller.subject, item: params.text('id') }),
  toReply: () => withData(true),
}

/** What the caller means to buy. */
export const cartRoutes: readonly Route[] = [list, item, add, change, remove]
