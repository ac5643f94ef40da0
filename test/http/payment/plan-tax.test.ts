import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { chartName, postings } from '../../../src/ledger/postings.js'
import { admin as root } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { opened, recharged } from '../../support/facts.js'
import { plans } from '../../support/plans.js'
import { startOn } from '../live-world.js'
import { admin, bearer } from '../world.js'

const facts: readonly Fact[] = [
  ...plans,
  opened('alice'),
  recharged('alice', '100.00'),
  {
    type: 'CustomerChanged',
    data: { account: 'alice', address: { personKey: idOf(40), sealed: 'c2VhbGVk' }, taxCountry: 'SG' },
  },
]

const alice = bearer('alice')

t.test('a plan of the payment API is bought with its tax, renewed with it, and given back with it', async (t) => {
  const { send, log, commands } = await startOn(t, facts)
  const last = async () => (await log()).at(-1)
  const bought = await send(['POST', '/payment/v1/checkout'], alice, { plan_id: 'Pro30', namespace: 'alice' })
  t.equal(bought.text, '{"balance":67.3,"status":"active"}', 'after the whole of it')
  const sale = await last()
  if (sale?.type !== 'Purchased') throw new Error('not bought')
  const charge = { item: 0, plan: 'Pro30', kind: 'charge', amount: '30.00' }
  const tax = { ...charge, kind: 'tax', amount: '2.70' }
  t.match(sale.data, { amount: '32.70', lines: [charge, tax], tax: { country: 'SG', rate: '9' } })
  const other = await send(['POST', '/v1/accounts/alice/purchases'], alice, { plan: 'Basic10' })
  t.match(other.json(), { type: 'Purchased', amount: '10.90' })

  const { order } = sale.data
  const context = { actor: root, correlationId: 'c', idempotency: null }
  const due = { account: 'alice', subscription: order, start: '2026-04-01', asOf: '2026-04-01' }
  t.match(await commands.execute('renew', due, context), { event: { data: { amount: '33.00' } } }, 'at 10 % by then')

  const back = (amount?: string, of = order) =>
    send(['POST', `/v1/purchases/${of}/refunds`], admin(), amount === undefined ? {} : { amount })
  t.equal((await back('10.90')).status, 201)
  t.match((await last())?.data, {
    lines: [
      { ...charge, amount: '10.00' },
      { ...tax, amount: '0.90' },
    ],
  })
  t.equal((await back()).status, 201)
  t.match((await last())?.data, {
    amount: '21.80',
    lines: [
      { ...charge, amount: '20.00' },
      { ...tax, amount: '1.80' },
    ],
  })
  t.match((await back('0.01')).json(), { code: 'refund_exceeds_order' })

  t.match((await back(undefined, other.json().order)).json(), { amount: '10.90' })
  t.match((await log()).at(-2), { type: 'SubscriptionEnded' }, 'all of it is given back')

  const sums = new Map<string, bigint>()
  for (const leg of (await log()).flatMap((event) => postings(event))) {
    sums.set(chartName(leg), (sums.get(chartName(leg)) ?? 0n) + leg.amount)
  }
  t.equal(sums.get('liabilities:tax'), -300n, 'of the renewal')
  t.equal(sums.get('income:plans:Pro30'), -3000n)
  t.equal(sums.get('liabilities:wallet:alice'), -6700n)
  const account = await send(['GET', '/payment/v1/account?namespace=alice'], alice)
  t.match(account.json(), { balance: { balance: 67 }, plans: [{ plan_id: 'Pro30', price: 30 }] })
  t.match((await send(['GET', '/v1/accounts/alice/transactions'], alice)).json().transactions, { length: 3 })
})
