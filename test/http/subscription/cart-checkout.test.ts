import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { fromEvent } from '../../../src/ledger/money.js'
import { chartName, postings } from '../../../src/ledger/postings.js'
import { idOf } from '../../support/books.js'
import { device } from '../../support/cart-facts.js'
import { NONCE } from '../../support/charging.js'
import { addon, granted, opened, promocode, published } from '../../support/facts.js'
import { startOn } from '../live-world.js'
import { bearer } from '../world.js'

const ten = promocode('ten')
const five = promocode('five', { type: 'fixed', value: '5.00', currency: 'EUR', periods: 2 })
const period = { start: '2026-02-16', end: '2026-03-16', anchor: '2026-03-16', unit: 'month', zone: 'UTC' } as const

/** The third device runs on a plan of 10.00, paid on 16 February for 28 days. */
const running: Fact = {
  type: 'Purchased',
  data: {
    order: idOf(60),
    account: 'alice',
    amount: '10.00',
    currency: 'EUR',
    items: [
      {
        plan: 'Small',
        planVersion: 1,
        name: 'Small',
        type: 'C',
        price: '10.00',
        billPeriod: 'M',
        description: '',
        subscription: idOf(3),
        subscriptionLeaf: 10,
        period,
        charged: '10.00',
      },
    ],
    lines: [{ item: 0, plan: 'Small', kind: 'charge', amount: '10.00' }],
  },
}

/** alice has three devices and two promocodes, and is taxed with 9 %. */
const shop: readonly Fact[] = [
  published('Pro', '30.00'),
  published('Max', '50.00'),
  addon('more'),
  ten,
  five,
  opened('alice'),
  granted(ten, 'alice', 1, 70),
  granted(five, 'alice', 1, 71),
  ...[1, 2, 3].map((n) => device('alice', n)),
  running,
  {
    type: 'CustomerChanged',
    data: { account: 'alice', address: { personKey: idOf(80), sealed: 'c2VhbGVk' }, taxCountry: 'SG' },
  },
]

/** On 1 March: 15 of 28 days are left of the third, so the new plan costs 26.79, and 5.36 are given back. */
const lines = [
  { item: 0, plan: 'Pro', kind: 'charge', amount: '30.00' },
  { item: 0, plan: 'more', kind: 'charge', amount: '1.50' },
  { item: 0, plan: 'Pro', kind: 'discount', amount: '3.15' },
  { item: 0, plan: 'Pro', kind: 'tax', amount: '2.55' },
  { item: 1, plan: 'Max', kind: 'charge', amount: '50.00' },
  { item: 1, plan: 'Max', kind: 'discount', amount: '5.00' },
  { item: 1, plan: 'Max', kind: 'tax', amount: '4.05' },
  { item: 2, plan: 'Max', kind: 'charge', amount: '26.79' },
  { item: 2, plan: 'Small', kind: 'rebate', amount: '5.36' },
  { item: 2, plan: 'Max', kind: 'tax', amount: '1.93' },
]

const minor = (wanted: (kind: string) => boolean): bigint =>
  lines.reduce((sum, { kind, amount }) => (wanted(kind) ? sum + fromEvent(amount) : sum), 0n)

t.test(
  'a cart of three items with two promocodes is paid by one charge, the same to the cent everywhere',
  async (t) => {
    const { send, log, gateway } = await startOn(t, shop)
    const alice = bearer('alice')
    const add = async (n: number, more: object) => {
      const reply = await send(['POST', '/v1/accounts/alice/cart/items'], alice, { subscription: idOf(n), ...more })
      t.equal(reply.status, 201, reply.text)
      return reply.json().item
    }
    const cart = [
      await add(1, { plan: 'Pro', addons: ['more'], promocode: 'ten' }),
      await add(2, { plan: 'Max', promocode: 'five' }),
      await add(3, { plan: 'Max' }),
    ]
    const paid = await send(['POST', '/payment/cart/checkout/'], alice, { nonce: NONCE }, { 'idempotency-key': 'k' })
    t.same([paid.status, paid.json()], [200, { status: 'OK', message: '', data: true }])
    t.same((await send(['GET', '/payment/cartitem/'], alice)).json().data, [])

    const event = (await log()).at(-1)
    if (event?.type !== 'CheckoutPaid') throw new Error('nothing was paid')
    const total = '103.31'
    t.match(event.data, { amount: total, cart, tax: { country: 'SG', rate: '9' } })
    t.strictSame(event.data.lines, lines)
    t.equal(
      minor((kind) => kind === 'charge' || kind === 'tax') - minor((kind) => /rebate|discount/.test(kind)),
      10_331n,
    )
    t.equal(gateway.count('sale'), 1)
    t.match(await gateway.find(event.data.checkout), [{ amount: total, currency: 'EUR' }])

    const totals = new Map<string, bigint>()
    for (const { amount, ...account } of postings(event)) {
      totals.set(chartName(account), (totals.get(chartName(account)) ?? 0n) + amount)
    }
    t.equal(totals.get('assets:clearing:card'), 10_331n)
    t.equal(totals.get('liabilities:tax'), -minor((kind) => kind === 'tax'))
    t.equal(
      [...totals.values()].reduce((sum, amount) => sum + amount, 0n),
      0n,
    )

    const [transaction, ...earlier] = (await send(['GET', '/payment/transaction/'], alice)).json().data
    t.match(transaction, { value: total, remark: 'Plan Pro, Plan Max, Plan Max', bt_trans_id: event.data.transaction })
    t.match(earlier, [{ value: '10.00' }])
    const [shown] = (await send(['GET', '/v1/accounts/alice/transactions'], alice)).json().transactions
    t.match(shown, { order: event.data.checkout, amount: total, paidAmount: total, tax: { country: 'SG', rate: '9' } })
    t.strictSame(shown.lines, lines)

    const again = await send(['POST', '/payment/cart/checkout/'], alice, { nonce: NONCE }, { 'idempotency-key': 'k' })
    t.same([again.status, gateway.count('sale')], [200, 1], 'a repeat charges nothing')
    const used = { subscription: idOf(1), plan: 'Max', promocode: 'ten' }
    t.match((await send(['POST', '/v1/accounts/alice/cart/items'], alice, used)).json(), { code: 'promocode_used' })
    t.equal((await send(['POST', '/payment/cart/checkout/'], alice, { nonce: NONCE })).status, 409, 'it is empty')
  },
)
