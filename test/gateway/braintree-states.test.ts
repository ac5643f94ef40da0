import t from 'tap'
import { changed, cutAfter } from '../support/braintree/faults.js'
import { start } from '../support/braintree/start.js'
import { charged, sale, uuid } from '../support/gateway/ground.js'

const unknown = { code: 'gateway_unknown' }

t.test('what Braintree has not decided is not known', async (t) => {
  const { gateway, double } = await start(t)
  const becomes = (word: string, code?: number) =>
    changed((body) => body.replaceAll('<status>submitted_for_settlement<', `<status>${word}<`), code)
  double.plan('sale', becomes('voided'), becomes('new_state'), becomes('settling'))
  await t.rejects(gateway.sale(sale()), { ...unknown, message: /charged, and it is voided/ })
  await t.rejects(gateway.sale(sale({ orderId: uuid(2) })), { ...unknown, message: /status new_state/ })
  const { transaction, state } = charged(await gateway.sale(sale({ orderId: uuid(3) })))
  t.equal(state, 'pending')
  double.plan('find', becomes('authorizing'), becomes('new_state'))
  await t.rejects(gateway.find(uuid(3)), { ...unknown, message: /not decided yet/ })
  await t.rejects(gateway.state(transaction), unknown)
  double.plan(
    'sale',
    changed((body) => body.replace('processor_declined', 'authorizing')),
  )
  await t.rejects(gateway.sale(sale({ amount: '2000.00' })), { ...unknown, message: /took nothing/ })
  double.plan(
    'sale',
    changed((body) => body.replace('processor_declined', 'settlement_declined')),
  )
  t.match(await gateway.sale(sale({ amount: '2000.00' })), { kind: 'declined', code: '2000' })
  double.plan(
    'sale',
    changed((body) => body.replace(/<processor-response-(code|text)>[^<]*<.processor-response-(code|text)>/g, '')),
  )
  t.match(await gateway.sale(sale({ amount: '2000.00' })), {
    kind: 'declined',
    code: 'processor_declined',
    reason: 'Declined',
  })
  double.plan(
    'sale',
    changed((body) => body.replace(/text>Declined</, `text>No\u2026 \x7f${'!'.repeat(300)}<`)),
  )
  const wordy = await gateway.sale(sale({ amount: '2000.00' }))
  t.same(wordy, { kind: 'declined', code: '2000', reason: `No? ?${'!'.repeat(195)}` })
})

t.test('a dispute takes the money back when it is lost, and an inquiry never does', async (t) => {
  const { gateway, double } = await start(t)
  const { transaction } = charged(await gateway.sale(sale()))
  double.bank.become(transaction, 'returned')
  const seen = async (from: string, to: string) => {
    double.plan(
      'find',
      changed((body) => body.replace(from, to)),
    )
    return gateway.state(transaction)
  }
  t.equal(await seen('lost', 'accepted'), 'returned')
  t.equal(await seen('lost', 'open'), 'settled')
  t.equal(await seen('lost', 'won'), 'settled')
  t.equal(await seen('chargeback', 'retrieval'), 'settled')
  double.bank.become(transaction, 'settled')
  t.equal(await seen('<disputes type="array"/>', ''), 'settled')
  t.equal(await seen('<refund-ids type="array"/>', ''), 'settled')
})

t.test('a charge that begins to settle while it is voided is refunded', async (t) => {
  const { gateway, double } = await start(t)
  const { transaction } = charged(await gateway.sale(sale()))
  const request = { refundId: uuid(7), transaction, amount: '20.00' }
  const entry = double.bank.entries[0]
  if (entry === undefined) return t.fail('no entry')
  const settling =
    (word: string) =>
    ({ answer, send }: Parameters<typeof cutAfter>[0]): void => {
      entry.status = word
      send(answer())
    }
  double.plan('void', settling('settlement_confirmed'))
  t.same(await gateway.refund(request), { kind: 'not_yet' }, 'it can be neither for a while')
  entry.status = 'submitted_for_settlement'
  double.plan('void', settling('settling'))
  t.match(await gateway.refund(request), { kind: 'refunding' })
})

t.test('a refund whose answer is lost is found under its id', async (t) => {
  const { gateway, double } = await start(t)
  const { transaction } = charged(await gateway.sale(sale()))
  const request = { refundId: uuid(7), transaction, amount: '5.00' }
  double.bank.become(transaction, 'settled')
  double.plan('refund', cutAfter)
  await t.rejects(gateway.refund(request), unknown)
  const found = await gateway.findRefund(uuid(7), transaction)
  t.match(found, { kind: 'refunding' })
  t.same(await gateway.refund(request), found)
  t.equal(double.bank.refundsOf(transaction).length, 1)
})

t.test('a refund that the bank declines is over', async (t) => {
  const { gateway, double } = await start(t)
  const { transaction } = charged(await gateway.sale(sale()))
  double.bank.become(transaction, 'settled')
  const declined = (body: string) =>
    body
      .replace('submitted_for_settlement', 'processor_declined')
      .replace('>1000<', '>2005<')
      .replace('Approved', 'No')
      .replace('<transaction>', '<api-error-response><errors><errors type="array"/></errors><transaction>')
      .replace('</transaction>', '</transaction></api-error-response>')
  double.plan('refund', changed(declined, 422))
  t.same(await gateway.refund({ refundId: uuid(7), transaction, amount: '5.00' }), {
    kind: 'refused',
    code: 'processor_declined',
    reason: 'the bank did not take the refund',
  })
  t.match(
    await gateway.refund({ refundId: uuid(8), transaction: 'tx1z', amount: '5.00' }),
    { kind: 'refused' },
    'of a refund',
  )
})

t.test('a void or a refund that is refused for another reason is refused', async (t) => {
  const { gateway, double } = await start(t)
  const { transaction } = charged(await gateway.sale(sale()))
  const entry = double.bank.entries[0]
  if (entry === undefined) return t.fail('no entry')
  const request = { refundId: uuid(7), transaction, amount: '20.00' }
  const other = changed((body) => body.replace(/9150[46]/, '91599'))
  double.plan('void', ({ answer, send, response }) => {
    entry.status = 'settling'
    other({ answer, send, response })
  })
  t.same(await gateway.refund(request), {
    kind: 'refused',
    code: '91599',
    reason: 'the gateway does not accept the request',
  })
  entry.status = 'settlement_confirmed'
  double.plan('refund', other)
  t.match(await gateway.refund(request), { kind: 'refused', code: '91599' })
})
