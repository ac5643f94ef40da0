import { addressMore, addressText, changeAddress, findCustomer, streetMore } from '../billing-address.js'
import type { Answer, Call, CommandRoute, ReadRoute, Route } from '../route.js'
import { fields } from '../schema.js'
import { withData } from './reply.js'
import { epochSeconds } from './time.js'

/** `null` until there is one, and again when it is erased: a form to be filled in, not an error. */
const read = async (call: Call): Promise<Answer> => {
  const username = call.caller.subject
  const found = await findCustomer(call, username)
  if (found?.address == null || found.opened === null) return { status: 200, body: withData(null) }
  const { address, opened } = found
  const { street: billing_address, name, country, city, postal, region } = opened
  const shown = {
    _id: address.id,
    username,
    createdAt: epochSeconds(address.createdAt),
    modifiedAt: epochSeconds(address.modifiedAt),
    ...{ name, billing_address, country, city, postal, region },
  }
  return { status: 200, body: withData(shown) }
}

const address: ReadRoute = { kind: 'read', method: 'GET', url: '/payment/billing_address', read }

const optional = { billing_address: streetMore, city: addressMore, region: addressMore }

const change: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/payment/billing_address',
  body: fields({ name: addressText, country: addressText, postal: addressText }, optional),
  commands: ['change-customer'],
  status: 200,
  perform: (call, ask) => {
    const { body, caller } = call
    const { billing_address: street = '', city = '', region = '' } = body.some('billing_address', 'city', 'region')
    const needed = { name: body.text('name'), country: body.text('country'), postal: body.text('postal') }
    return changeAddress(call, caller.subject, { ...needed, street, city, region }, ask)
  },
  toReply: () => withData(true),
}

/** Where the caller lives. */
export const customerRoutes: readonly Route[] = [address, change]
