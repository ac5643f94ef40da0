import type { Test } from 'tap'
import { fc } from '../support/fast-check.js'
import { charged, type Ground, type MakeGround, sale, uuid } from '../support/gateway/ground.js'
import { asyncCheck } from '../support/random.js'

const ask = (transaction: string, amount: string, refund = 7) => ({ refundId: uuid(refund), transaction, amount })

const charge = async (ground: Ground, settled: boolean): Promise<string> => {
  const { transaction } = charged(await ground.gateway.sale(sale()))
  if (settled) ground.become(transaction, 'settled')
  return transaction
}

export const gatewayRefunds = (t: Test, make: MakeGround): void => {
  unsettled(t, make)
  settled(t, make)
  without(t, make)
  property(t, make)
}

const unsettled = (t: Test, make: MakeGround): void => {
  t.test('a charge that has not settled is voided whole, and only once', async (t) => {
    const ground = await make(t)
    const { gateway } = ground
    const transaction = await charge(ground, false)
    t.equal(await gateway.findRefund(uuid(7), transaction), null)
    for (const amount of ['20.00', '20', '20.0'])
      t.same(await gateway.refund(ask(transaction, amount)), { kind: 'voided', transaction })
    t.same(await gateway.findRefund(uuid(7), transaction), { kind: 'voided', transaction })
    t.equal(await gateway.state(transaction), 'voided')
    t.match(await gateway.find(uuid(1)), [{ state: 'voided', refundIds: [] }])
  })

  t.test('a part of it has to wait for the settlement', async (t) => {
    const ground = await make(t)
    const { gateway } = ground
    const transaction = await charge(ground, false)
    t.same(await gateway.refund(ask(transaction, '5.00')), { kind: 'not_yet' })
    t.equal(await gateway.findRefund(uuid(7), transaction), null)
    ground.become(transaction, 'settled')
    t.match(await gateway.refund(ask(transaction, '5.00')), { kind: 'refunding' })
  })
}

const settled = (t: Test, make: MakeGround): void => {
  t.test('of a settled charge parts are given back, each once under its id, up to the whole', async (t) => {
    const ground = await make(t)
    const { gateway } = ground
    const transaction = await charge(ground, true)
    const first = await gateway.refund(ask(transaction, '5.00'))
    const second = await gateway.refund(ask(transaction, '15.00', 8))
    t.match([first, second], [{ kind: 'refunding' }, { kind: 'refunding' }])
    t.same(await gateway.refund(ask(transaction, '5.00')), first, 'the same again')
    t.same(await gateway.findRefund(uuid(7), transaction), first)
    t.same(await gateway.findRefund(uuid(8), transaction), second)
    t.equal(await gateway.findRefund(uuid(9), transaction), null)
    t.match(await gateway.refund(ask(transaction, '0.01', 9)), { kind: 'refused', reason: /\w/ })
    const [found] = await gateway.find(uuid(1))
    t.equal(found?.refundIds.length, 2)
    t.same(await gateway.find(uuid(7)), [], 'a refund is no charge')
  })

  t.test('a refund settles by itself', async (t) => {
    const ground = await make(t)
    const { gateway } = ground
    const transaction = await charge(ground, true)
    const refund = await gateway.refund(ask(transaction, '20.00'))
    if (refund.kind !== 'refunding') return t.fail(refund.kind)
    t.equal(await gateway.state(refund.transaction), 'pending')
    ground.become(refund.transaction, 'settled')
    t.equal(await gateway.state(refund.transaction), 'settled')
    t.same(await gateway.findRefund(uuid(7), transaction), { kind: 'refunded', transaction: refund.transaction })
    t.same(await gateway.refund(ask(transaction, '20.00')), { kind: 'refunded', transaction: refund.transaction })
  })

  t.test('a refund that came back is over under its id; another one may be tried', async (t) => {
    const ground = await make(t)
    const { gateway } = ground
    const transaction = await charge(ground, true)
    const refund = await gateway.refund(ask(transaction, '20.00'))
    if (refund.kind !== 'refunding') return t.fail(refund.kind)
    ground.become(refund.transaction, 'failed')
    t.equal(await gateway.state(refund.transaction), 'failed')
    t.match(await gateway.refund(ask(transaction, '20.00')), { kind: 'refused' })
    t.match(await gateway.findRefund(uuid(7), transaction), { kind: 'refused' })
    t.match(await gateway.refund(ask(transaction, '20.00', 8)), { kind: 'refunding' })
  })
}

const without = (t: Test, make: MakeGround): void => {
  for (const state of ['failed', 'returned'] as const) {
    t.test(`nothing is given back of a charge that is ${state}`, async (t) => {
      const ground = await make(t)
      const transaction = await charge(ground, false)
      ground.become(transaction, state)
      t.match(await ground.gateway.refund(ask(transaction, '20.00')), { kind: 'refused', code: state })
    })
  }

  for (const amount of ['0.00', '20.01', '-1.00', 'all']) {
    t.test(`no ${amount} is given back`, async (t) => {
      const ground = await make(t)
      t.match(await ground.gateway.refund(ask(await charge(ground, true), amount)), { kind: 'refused' })
      t.match(await ground.gateway.refund(ask(await charge(ground, false), amount)), { kind: 'refused' })
    })
  }
}

/** Cents, and which of three refund ids. */
const asked = fc.array(fc.tuple(fc.integer({ min: 1, max: 2_500 }), fc.integer({ min: 1, max: 3 })), { maxLength: 6 })

const property = (t: Test, make: MakeGround): void => {
  t.test('whatever is asked for, no more is given back than was charged, and one refund per id', async (t) => {
    const ground = await make(t)
    const { gateway } = ground
    let order = 100
    const run = fc.asyncProperty(fc.boolean(), asked, async (isSettled, refunds) => {
      order += 1
      const { transaction } = charged(await gateway.sale(sale({ orderId: uuid(order) })))
      if (isSettled) ground.become(transaction, 'settled')
      const given = new Map<string, number>()
      for (const [cents, id] of refunds) {
        const amount = `${Math.floor(cents / 100)}.${`${cents % 100}`.padStart(2, '0')}`
        const result = await gateway.refund(ask(transaction, amount, id))
        if (result.kind !== 'refunding' && result.kind !== 'voided') continue
        if (!given.has(result.transaction)) given.set(result.transaction, result.kind === 'voided' ? 2_000 : cents)
      }
      const sum = [...given.values()].reduce((total, cents) => total + cents, 0)
      const [found] = await gateway.find(uuid(order))
      return sum <= 2_000 && given.size <= 3 && found?.refundIds.length === (found?.state === 'voided' ? 0 : given.size)
    })
    await asyncCheck(t, run, 40)
  })
}
