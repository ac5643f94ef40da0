import { amountText } from '../../ledger/money.js'
import { datedBalanceOf } from '../balance.js'
import { writeJson } from '../json.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { eventReply } from './reply.js'
import { byName, limiting, opening, reasoned } from './schemas.js'

const open: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/v1/accounts',
  body: opening,
  commands: ['open'],
  status: 201,
  toIntent: ({ body }) => intent('open', { owner: body.name('name'), ...body.some('currency', 'creditLimit') }),
  toReply: eventReply,
}

const read = async (call: Call): Promise<Answer> => {
  const { balance, at } = await datedBalanceOf(call, call.params.name('name'))
  const { name, currency, state, actual, held, creditLimit } = balance
  const available = actual - held
  const body = writeJson({
    name,
    currency,
    state,
    actual: amountText(actual, currency),
    held: amountText(held, currency),
    available: amountText(available, currency),
    creditLimit: amountText(creditLimit, currency),
    spendable: amountText(available + creditLimit, currency),
    leaf: at,
  })
  return { status: 200, body }
}

const account: ReadRoute = { kind: 'read', method: 'GET', url: '/v1/accounts/:name', params: byName, read }

const creditLimit: CommandRoute = {
  kind: 'command',
  method: 'PUT',
  url: '/v1/accounts/:name/credit-limit',
  params: byName,
  body: limiting,
  commands: ['credit-limit'],
  status: 200,
  toIntent: ({ params, body }) =>
    intent('credit-limit', { account: params.name('name'), creditLimit: body.text('creditLimit') }),
  toReply: eventReply,
}

const freezing = (command: 'freeze' | 'unfreeze'): CommandRoute => ({
  kind: 'command',
  method: 'POST',
  url: `/v1/accounts/:name/${command}`,
  params: byName,
  body: reasoned,
  commands: [command],
  status: 200,
  toIntent: ({ params, body }) => intent(command, { account: params.name('name'), reason: body.text('reason') }),
  toReply: eventReply,
})

export const accountRoutes: readonly Route[] = [open, account, creditLimit, freezing('freeze'), freezing('unfreeze')]
