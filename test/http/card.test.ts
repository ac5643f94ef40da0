import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import {
  asked,
  begun,
  failed,
  givenBack,
  notRefunded,
  type Purpose,
  paid,
  refunded,
  returned,
  settled,
} from './card.js'
import { admin, createWorld, id } from './world.js'

/** A pattern would take a shorter list for the same. */
const list = (rows: readonly (readonly unknown[])[]): string => rows.map((row) => row.join(' ')).join('; ')

/** What each API shows of alice's account, newest first. */
const shown = async (...facts: readonly Fact[]) => {
  const { app } = createWorld(facts)
  const get = async (url: string) => (await app.inject({ url, headers: { authorization: admin() } })).json()
  const { data } = await get('/bill/alice/detail')
  const amounts: readonly Readonly<Record<string, unknown>>[] = await get('/payment/v1/amounts?namespace=alice')
  const { entries } = await get('/v1/accounts/alice/entries')
  const order = await get(`/v1/orders/${id(7)}`)
  const account = await get('/v1/accounts/alice')
  return {
    bill: list(
      data.map((one: Readonly<Record<string, unknown>>) => [
        ...[one.order_id, one.trade_type, one.status],
        ...[one.trade_amount, one.plan_id],
      ]),
    ),
    amounts: list(
      amounts.map(({ trans_id, amount, payment_method, status, direction, description }) => [
        ...[trans_id, amount, payment_method],
        ...[status, direction, description],
      ]),
    ),
    entries: entries.map((one: Readonly<Record<string, unknown>>) => [
      ...[one.leaf, one.kind, one.side, one.amount],
      ...[one.actualAfter, one.status ?? one.refundState ?? one.reversedAmount],
    ]),
    order: [order.status ?? order.code, order.paidAmount, order.refundedAmount, order.underReviewAmount],
    balance: account.actual,
  }
}

const purchase = (status: number) => [1, 2, status, 10.7, 'p1']
const movement = (status: string) => ['1', 10.7, 'card', status, 'out', 'Plan A']
const entry = (status: string) => [1, 'checkout', 'out', '10.70', '0.00', status]
const openedEntry = [0, 'opened', 'none', undefined, '0.00', undefined]

t.test('a purchase by card is pending until its money has come, and never touches the balance', async (t) => {
  const pending = { bill: list([purchase(1)]), amounts: list([movement('pending')]), balance: '0.00' }
  t.match(await shown(...begun()), {
    ...pending,
    entries: [entry('pending'), openedEntry],
  })
  t.match(await shown(...begun(), paid()), {
    ...pending,
    entries: [[2, 'card-payment', 'none', '10.70', '0.00', undefined], entry('pending'), openedEntry],
    order: ['pending', '10.70', '0.00', '0.00'],
  })
  t.match(await shown(...begun(), paid(), settled), {
    bill: list([purchase(2)]),
    amounts: list([movement('finish')]),
    entries: [[3, 'settlement', 'none', undefined, '0.00', undefined], {}, entry('effective'), openedEntry],
    order: ['effective', '10.70', '0.00', '0.00'],
    balance: '0.00',
  })
})

t.test('one that has failed, or whose money came back, is over', async (t) => {
  const over = { bill: list([purchase(4)]), amounts: list([movement('refunded')]), balance: '0.00' }
  t.match(await shown(...begun(), failed), {
    ...over,
    entries: [[2, 'checkout-failure', 'none', '10.70', '0.00', undefined], entry('voided'), openedEntry],
  })
  t.match(await shown(...begun(), failed, givenBack), {
    ...over,
    entries: [[3, 'charge-return', 'none', '10.70', '0.00', undefined], {}, entry('voided'), openedEntry],
  })
  t.match(await shown(...begun(), paid(), settled, returned()), {
    ...over,
    entries: [[4, 'payment-return', 'none', '10.70', '0.00', undefined], {}, {}, entry('voided'), openedEntry],
    order: ['voided', '0.00', '0.00', '0.00'],
  })
})

t.test('a refund goes back to the card when the gateway says so, and the balance has no part in it', async (t) => {
  const bought = [...begun(), paid(), settled]
  const request = (state: string) => [4, 'card-refund-request', 'in', '4.00', '0.00', state]
  t.match(await shown(...bought, asked('4.00')), {
    bill: list([[1, 3, 3, 4, ''], purchase(3)]),
    amounts: list([movement('refunding')]),
    entries: [request('open'), {}, {}, entry('refunding'), openedEntry],
    order: ['refunding', '10.70', '0.00', '4.00'],
    balance: '0.00',
  })
  t.match(await shown(...bought, asked('4.00'), refunded('4.00', 4)), {
    bill: list([[1, 3, 4, 4, ''], purchase(2)]),
    amounts: list([['5', 4, 'card', 'finish', 'in', 'Refund: Plan A'], movement('finish')]),
    entries: [
      [5, 'card-refund', 'in', '4.00', '0.00', undefined],
      request('approved'),
      ...[{}, {}],
      entry('effective'),
      openedEntry,
    ],
    order: ['effective', '10.70', '4.00', '0.00'],
    balance: '0.00',
  })
  t.match(await shown(...bought, asked('4.00'), notRefunded('4.00', 4)), {
    bill: list([[1, 3, 5, 4, ''], purchase(2)]),
    amounts: list([movement('finish')]),
    entries: [[5, 'card-refund-failure', 'none', '4.00', '0.00', undefined], request('rejected'), {}, {}, {}, {}],
    order: ['effective', '10.70', '0.00', '0.00'],
  })
  t.match(await shown(...bought, asked('10.70'), refunded('10.70', 4)), {
    bill: list([[1, 3, 4, 10.7, ''], purchase(4)]),
    amounts: list([['5', 10.7, 'card', 'refunded', 'in', 'Refund: Plan A'], movement('refunded')]),
    order: ['refunded', '10.70', '10.70', '0.00'],
    balance: '0.00',
  })
})

t.test('what is given back before the money has come has not moved either', async (t) => {
  const part = await shown(...begun(), paid(), asked('4.00'), refunded('4.00', 3))
  t.equal(part.amounts, list([['4', 4, 'card', 'pending', 'in', 'Refund: Plan A'], movement('pending')]))
  const gone = await shown(...begun(), paid(), asked('4.00'), refunded('4.00', 3), returned('purchase', '6.70'))
  t.equal(gone.amounts, list([['4', 4, 'card', 'refunded', 'in', 'Refund: Plan A'], movement('refunded')]))
  const another = await shown(...begun(), paid(), asked('1.00'), refunded('1.00', 3), asked('2.00'))
  t.equal(another.amounts, list([['4', 1, 'card', 'finish', 'in', 'Refund: Plan A'], movement('refunding')]))
})

t.test('a recharge by card is money when it is paid, and is taken back where it did not stay', async (t) => {
  const purpose: Purpose = 'recharge'
  t.match(await shown(...begun(purpose)), {
    bill: list([]),
    amounts: list([]),
    entries: [[1, 'checkout', 'none', '10.70', '0.00', '0.00'], openedEntry],
    balance: '0.00',
  })
  const came = ['2', 10.7, 'card', 'finish', 'in', 'Recharge']
  const record = [1, 1, 2, 10.7, '']
  t.match(await shown(...begun(purpose), paid(purpose), settled), {
    bill: list([record]),
    amounts: list([came]),
    entries: [{}, [2, 'card-payment', 'in', '10.70', '10.70', undefined], {}, openedEntry],
    balance: '10.70',
  })
  t.match(await shown(...begun(purpose), paid(purpose), returned(purpose)), {
    bill: list([[1, 2, 2, 10.7, ''], record]),
    amounts: list([['3', 10.7, 'card', 'finish', 'out', 'Recharge returned'], came]),
    entries: [
      [3, 'payment-return', 'out', '10.70', '0.00', undefined],
      [2, 'card-payment', 'in', '10.70', '10.70', undefined],
      [1, 'checkout', 'none', '10.70', '0.00', '10.70'],
      openedEntry,
    ],
    balance: '0.00',
  })
})
