import type { Test } from 'tap'
import type { SaleRequest } from '../../src/gateway/port.js'
import { charged, type Ground, type MakeGround, sale, uuid, withNonce } from '../support/gateway/ground.js'
import { gatewayRefunds } from './gateway-refunds.js'

export const gatewayContract = (t: Test, make: MakeGround): void => {
  sales(t, make)
  refusals(t, make)
  states(t, make)
  gatewayRefunds(t, make)
}

const sales = (t: Test, make: MakeGround): void => {
  t.test('a browser gets something to begin with', async (t) => {
    const { gateway } = await make(t)
    t.match(await gateway.clientToken(), /^[\w+/=-]{16,}$/)
  })

  t.test('a charge is what was asked for, and is found by its order id', async (t) => {
    const { gateway } = await make(t)
    const result = await gateway.sale(sale({ amount: '20.05', currency: 'EUR' }))
    const { kind, ...charge } = { ...result, ...charged(result) }
    t.equal(kind, 'charged')
    t.match(charge, { amount: '20.05', currency: 'EUR', state: 'pending', card: null, refundIds: [] })
    t.same(await gateway.find(uuid(1)), [charge])
    t.equal(await gateway.state(charge.transaction), 'pending')
    t.same(await gateway.find(uuid(2)), [])
  })

  t.test('a currency without decimals is charged without', async (t) => {
    const { gateway } = await make(t)
    t.match(await gateway.sale(sale({ amount: '2500000', currency: 'JPY' })), { kind: 'charged', amount: '2500000' })
  })

  t.test('a card that was kept pays again, until it says no', async (t) => {
    const { gateway } = await make(t)
    const { card } = charged(await gateway.sale(sale({ means: withNonce('fake-valid-visa-nonce', true) })))
    t.match(card, /^\w+$/)
    const means: SaleRequest['means'] = { kind: 'card', token: card ?? '' }
    t.match(await gateway.sale(sale({ orderId: uuid(2), means })), { kind: 'charged', card })
    t.match((await gateway.find(uuid(2)))[0], { card, amount: '20.00' })
    t.match(await gateway.sale(sale({ orderId: uuid(3), means, amount: '2001.00' })), {
      kind: 'declined',
      code: '2001',
    })
  })

  t.test('who asks twice charges twice, and finds both, the older one first', async (t) => {
    const { gateway } = await make(t)
    const first = charged(await gateway.sale(sale()))
    const second = charged(await gateway.sale(sale({ amount: '5.00' })))
    t.not(second.transaction, first.transaction)
    const found = await gateway.find(uuid(1))
    t.same(
      found.map(({ transaction }) => transaction),
      [first.transaction, second.transaction],
    )
  })

  t.test('many at once do not mix', async (t) => {
    const { gateway } = await make(t)
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1)
    const results = await Promise.all(
      numbers.map((number) => gateway.sale(sale({ orderId: uuid(number), amount: `${number}.00` }))),
    )
    for (const [index, result] of results.entries()) {
      const { transaction, amount } = charged(result)
      t.equal(amount, `${index + 1}.00`)
      t.match(await gateway.find(uuid(index + 1)), [{ transaction }])
    }
  })
}

/** What is asked for, and the refusal. */
const REFUSED: readonly (readonly [string, Partial<SaleRequest>, string, string])[] = [
  ['an amount that the bank declines', { amount: '2046.00' }, 'declined', '2046'],
  ['the last of these amounts', { amount: '2999.99' }, 'declined', '2999'],
  ['an amount at which the network fails', { amount: '3000.50' }, 'declined', '3000'],
  ['an amount that the gateway rejects', { amount: '5001.00' }, 'declined', 'application_incomplete'],
  ['a declined card', { means: withNonce('fake-processor-declined-visa-nonce') }, 'declined', '2000'],
  ['a card that the network fails', { means: withNonce('fake-processor-failure-jcb-nonce') }, 'declined', '3000'],
  ['a fraud', { means: withNonce('fake-gateway-rejected-fraud-nonce', true) }, 'declined', 'fraud'],
  ['a risk', { means: withNonce('fake-gateway-rejected-risk-thresholds-nonce') }, 'declined', 'risk_threshold'],
  ['a nonce that was used', { means: withNonce('fake-consumed-nonce') }, 'refused', '91564'],
  ['a card number that is none', { means: withNonce('fake-luhn-invalid-nonce') }, 'refused', '81715'],
  ['no nonce', { means: withNonce('') }, 'refused', '91565'],
  ['a card that is not kept', { means: { kind: 'card', token: 'nobodys' } }, 'refused', '91518'],
  ['no amount', { amount: '0.00' }, 'refused', '81531'],
  ['an amount below zero', { amount: '-1.00' }, 'refused', '81503'],
  ['an amount that is no number', { amount: '1e3' }, 'refused', '81503'],
  ['a currency that is none', { currency: 'usd' }, 'refused', '91513'],
]

const refusals = (t: Test, make: MakeGround): void => {
  for (const [what, request, kind, code] of REFUSED) {
    t.test(`${what} is no charge`, async (t) => {
      const { gateway } = await make(t)
      const result = await gateway.sale(sale(request))
      t.match(result, { kind, code, reason: /^[A-Za-z].{3,}/ })
      t.same(await gateway.find(uuid(1)), [])
    })
  }

  for (const amount of ['0.01', '1999.99', '3001.00', '5001.01', '5002.00', '999999.99']) {
    t.test(`${amount} is an amount like any other`, async (t) => {
      const { gateway } = await make(t)
      t.match(await gateway.sale(sale({ amount })), { kind: 'charged', amount })
    })
  }
}

const states = (t: Test, make: MakeGround): void => {
  const one = async (ground: Ground): Promise<string> => charged(await ground.gateway.sale(sale())).transaction

  for (const state of ['settled', 'failed', 'voided', 'returned'] as const) {
    t.test(`a charge may be ${state} later`, async (t) => {
      const ground = await make(t)
      const transaction = await one(ground)
      ground.become(transaction, state)
      t.equal(await ground.gateway.state(transaction), state)
      t.match(await ground.gateway.find(uuid(1)), [{ transaction, state }])
    })
  }

  t.test('of what the gateway does not know it does not speak', async (t) => {
    const { gateway } = await make(t)
    await t.rejects(gateway.state('unknown'), { code: 'gateway_unreachable' })
    await t.rejects(gateway.findRefund(uuid(9), 'unknown'), { code: 'gateway_unreachable' })
    await t.rejects(gateway.refund({ refundId: uuid(9), transaction: 'unknown', amount: '1.00' }), {
      code: 'gateway_unreachable',
    })
  })
}
