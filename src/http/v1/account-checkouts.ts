import type { PaysWith } from '../../commands/charging.js'
import { nonceText } from '../card.js'
import { checkOut, inBody, inCart, itemsOf } from '../checkout.js'
import { RequestRefused } from '../errors.js'
import { writeJson } from '../json.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { named, reference } from '../schema.js'
import { itemIn, wanting } from './cart.js'
import { eventReply, inOrder } from './reply.js'
import { byName, fields, reasoned } from './schemas.js'

const url = '/v1/accounts/:name/checkouts'
const byCheckout = fields({ name: named, checkout: reference })

const either = (call: Call, one: string, other: string): void => {
  if (call.body.has(one) === call.body.has(other)) {
    throw new RequestRefused('invalid_request', `body: send ${one} or ${other}, one of them`)
  }
}

/** With a nonce, with the card that is kept, or from the balance; of items that are named, or of all that lies in the cart. */
const start: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url,
  params: byName,
  body: fields(
    {},
    { items: itemsOf(wanting), cart: { enum: [true] }, nonce: nonceText, payWith: { enum: ['balance', 'card'] } },
  ),
  commands: ['start-checkout', 'buy'],
  status: 201,
  perform: async (call, ask) => {
    either(call, 'items', 'cart')
    either(call, 'nonce', 'payWith')
    const { body, params } = call
    const account = params.name('name')
    const basket = body.has('cart') ? await inCart(call, account) : inBody(account, body, itemIn)
    if (body.some('payWith').payWith === 'balance') return ask(intent('buy', basket))
    const by: PaysWith = body.has('nonce') ? { kind: 'nonce', nonce: body.text('nonce') } : { kind: 'stored', account }
    return checkOut(call, basket, by, ask)
  },
  toReply: eventReply,
}

/** By our id, or by the number of the event that started it; as this process knows it now. */
const read = async ({ parts, caller, params }: Call): Promise<Answer> => {
  const account = params.name('name')
  const found = parts.commands.locateCheckout(params.text('checkout'))
  if (found?.started.account !== account || !caller.reads(account)) throw new RequestRefused('checkout_not_found')
  const { leaf, state, transaction, unwanted, started } = found
  const body = { number: leaf, state, transaction, unwanted: [...unwanted], ...inOrder(started) }
  return { status: 200, body: writeJson(body) }
}

const one: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: `${url}/:checkout`,
  params: byCheckout,
  read,
}

/** The bank has taken the money back, long after it came: an admin says so. */
const giveUp: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: `${url}/:checkout/return`,
  params: byCheckout,
  body: reasoned,
  commands: ['payment-returned'],
  status: 200,
  toIntent: ({ parts, params, body }) => {
    const checkout = parts.commands.locateCheckout(params.text('checkout'))
    if (checkout === null) throw new RequestRefused('checkout_not_found')
    const { leaf: checkoutLeaf } = checkout
    return intent('payment-returned', { account: params.name('name'), checkoutLeaf, reason: body.text('reason') })
  },
  toReply: eventReply,
}

export const accountCheckoutRoutes: readonly Route[] = [start, one, giveUp]
