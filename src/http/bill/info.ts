import { amountText } from '../../ledger/money.js'
import { balanceOf } from '../balance.js'
import { numberOf } from '../json.js'
import type { Answer, Call, ReadRoute } from '../route.js'
import { loginname, withData } from './reply.js'

const read = async (call: Call): Promise<Answer> => {
  const { actual, held, creditLimit, currency } = await balanceOf(call, call.params.name('loginname'))
  const data = {
    actual_balance: numberOf(amountText(actual, currency)),
    available_balance: numberOf(amountText(actual - held, currency)),
    credit_limit: numberOf(amountText(creditLimit, currency)),
  }
  return { status: 200, body: withData(data) }
}

/** The same under two paths. */
export const infoRoutes: readonly ReadRoute[] = [
  { kind: 'read', method: 'GET', url: '/bill/:loginname', params: loginname, read },
  { kind: 'read', method: 'GET', url: '/bill/:loginname/info', params: loginname, read },
]
