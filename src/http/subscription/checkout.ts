import { nonceText } from '../card.js'
import { checkOut, inBody, inCart, itemsOf } from '../checkout.js'
import type { Call, CommandRoute, ReadRoute, Route } from '../route.js'
import { fields } from '../schema.js'
import { itemIn, wanting } from './cart.js'
import { withData } from './reply.js'

/** What a browser begins with to get a nonce from the gateway. */
const clientToken: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/payment/client_token',
  read: async ({ parts }) => ({ status: 200, body: withData(await parts.clientToken()) }),
}

const common = {
  kind: 'command',
  method: 'POST',
  commands: ['start-checkout', 'buy'],
  status: 200,
  toReply: () => withData(true),
} as const

const nonceIn = ({ body }: Call) => ({ kind: 'nonce', nonce: body.text('nonce') }) as const

const checkout: CommandRoute = {
  ...common,
  url: '/payment/checkout',
  body: fields({ items: itemsOf(wanting), nonce: nonceText }),
  perform: (call, ask) => checkOut(call, inBody(call.caller.subject, call.body, itemIn), nonceIn(call), ask),
}

/** Of all that lies in the cart, which is empty then. */
const cartCheckout: CommandRoute = {
  ...common,
  url: '/payment/cart/checkout',
  body: fields({ nonce: nonceText }),
  perform: async (call, ask) => checkOut(call, await inCart(call, call.caller.subject), nonceIn(call), ask),
}

export const checkoutRoutes: readonly Route[] = [clientToken, checkout, cartCheckout]
