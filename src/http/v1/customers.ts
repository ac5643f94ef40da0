import { mustRead } from '../balance.js'
import {
  addressMore,
  addressText,
  type BillingAddress,
  changeAddress,
  findCustomer,
  streetMore,
} from '../billing-address.js'
import { reachSecrets } from '../credentials.js'
import { RequestRefused } from '../errors.js'
import { writeJson } from '../json.js'
import { destroyCards, destroyKeys } from '../personal.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { eventOf, eventReply } from './reply.js'
import { byName, fields } from './schemas.js'

/** Throws `RequestRefused`. */
const read = async (call: Call): Promise<Answer> => {
  const account = call.params.name('name')
  mustRead(call, account)
  const found = await findCustomer(call, account)
  if (found === null) {
    throw new RequestRefused('customer_not_found', `Nobody has said where the owner of ${account} lives.`)
  }
  const { address, opened, taxCountry, erasedAt, at } = found
  if (address === null || opened === null) {
    const when = erasedAt === null ? '' : ` since ${erasedAt}`
    throw new RequestRefused('customer_erased', `What was kept of the owner of ${account} is erased${when}.`)
  }
  const { street: billingAddress, name, country, city, postal, region } = opened
  const body = writeJson({
    ...{ account, name, billingAddress, country, city, postal, region },
    taxCountry,
    createdAt: address.createdAt,
    modifiedAt: address.modifiedAt,
    leaf: at,
  })
  return { status: 200, body }
}

const customer: ReadRoute = { kind: 'read', method: 'GET', url: '/v1/accounts/:name/customer', params: byName, read }

const optional = { billingAddress: streetMore, city: addressMore, region: addressMore }

const addressIn = ({ body }: Call): BillingAddress => {
  const { billingAddress: street = '', city = '', region = '' } = body.some('billingAddress', 'city', 'region')
  return { name: body.text('name'), street, country: body.text('country'), city, postal: body.text('postal'), region }
}

/** Without an entry in the table of taxes for the country the reply says that there is no `taxCountry`: `null`. */
const change: CommandRoute = {
  kind: 'command',
  method: 'PUT',
  url: '/v1/accounts/:name/customer',
  params: byName,
  body: fields({ name: addressText, country: addressText, postal: addressText }, optional),
  commands: ['change-customer'],
  status: 200,
  perform: (call, ask) => changeAddress(call, call.params.name('name'), addressIn(call), ask),
  // The event has the address sealed. A repeated request has the same one.
  toReply: ({ event }, call) => {
    const { street: billingAddress, ...rest } = addressIn(call)
    const { address: _, ...data } = { address: null, taxCountry: null, ...event.data }
    return writeJson(eventOf({ ...event, data: { ...data, billingAddress, ...rest } }))
  },
}

/** The event erases; the key and the cards are destroyed before the reply. */
const erase: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/v1/accounts/:name/erase',
  params: byName,
  commands: ['erase-person'],
  status: 200,
  perform: async (call, ask) => {
    const account = call.params.name('name')
    await reachSecrets(call.parts.secrets)
    const settled = await ask(intent('erase-person', { account }))
    if (call.caller.admin) await destroyKeys(call.parts, account)
    if (settled.kind === 'done') await destroyCards(call.parts, account, settled.done.event.leaf)
    return settled
  },
  toReply: eventReply,
}

/** The person behind an account, as who reads the account sees him. */
export const customerRoutes: readonly Route[] = [customer, change, erase]
