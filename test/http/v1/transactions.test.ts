import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { hexId } from '../../../src/ledger/hex-id.js'
import { bought, opened } from '../bought.js'
import { asked, begun, failed, paid, settled, TRANSACTION } from '../card.js'
import { bearer, createWorld, eventId, id } from '../world.js'

const worldOf = (facts: readonly Fact[], subject = 'alice') => {
  const { app } = createWorld(facts)
  return async (path: string) => {
    const reply = await app.inject({
      url: `/v1/accounts/alice/transactions${path}`,
      headers: { authorization: bearer(subject) },
    })
    return { status: reply.statusCode, link: reply.headers.link, body: reply.json() }
  }
}

const instant = (leaf: number) => `2026-02-01T0${leaf}:00:00.000Z`

t.test('a payment is shown with its lines, its tax, and what became of it', async (t) => {
  const ask = worldOf([...begun(), paid(), settled, asked('4.00')])
  const shown = {
    id: hexId(eventId(1)),
    number: 1,
    order: id(7),
    purpose: 'purchase',
    method: 'card',
    status: 'refunding',
    currency: 'EUR',
    amount: '10.70',
    paidAmount: '10.70',
    refundedAmount: '0.00',
    underReviewAmount: '4.00',
    plans: [{ plan: 'p1', name: 'Plan A' }],
    lines: [
      { item: 0, plan: 'p1', kind: 'charge', amount: '10.00' },
      { item: 0, plan: 'p1', kind: 'tax', amount: '0.70' },
    ],
    tax: { country: 'SG', rate: '7' },
    transaction: TRANSACTION,
    createdAt: instant(1),
    modifiedAt: instant(4),
    paidAt: instant(2),
  }
  t.strictSame(await ask(''), { status: 200, link: undefined, body: { transactions: [shown], next: null } })
  for (const name of [hexId(eventId(1)), id(7)]) t.strictSame((await ask(`/${name}`)).body, shown)
  const period = { start: '2026-02-01', end: '2026-03-01', anchor: '2026-02-01', unit: 'month', zone: 'UTC' } as const
  const [, started] = begun()
  if (started?.type !== 'CheckoutStarted') throw new Error('nothing is bought')
  const items = started.data.items.map((item) => ({ ...item, subscription: id(7), period }))
  const { plans } = (await worldOf(begun('purchase', { items }))(`/${id(7)}`)).body
  t.strictSame(plans, [
    {
      plan: 'p1',
      name: 'Plan A',
      subscription: id(7),
      period: { start: '2026-02-01', end: '2026-03-01', zone: 'UTC' },
    },
  ])
})

t.test('one that was not paid says why', async (t) => {
  const { body } = await worldOf([...begun(), failed])(`/${id(7)}`)
  t.match(body, { status: 'voided', reason: 'Insufficient Funds', paidAmount: '0.00' })
  t.notOk('paidAt' in body || 'transaction' in body)
  t.notOk('tax' in (await worldOf([opened, bought(5)])(`/${id(5)}`)).body)
})

t.test('they come in pages, newest first', async (t) => {
  const ask = worldOf([opened, ...[5, 6, 7].map(bought)])
  const first = await ask('?limit=2')
  const numbers = (body: { transactions: readonly { number: number }[] }) =>
    body.transactions.map(({ number }) => number)
  t.strictSame(numbers(first.body), [3, 2])
  t.match(first.link, `</v1/accounts/alice/transactions?limit=2&cursor=${first.body.next}>; rel="next"`)
  const second = await ask(`?limit=2&cursor=${first.body.next}`)
  t.strictSame(numbers(second.body), [1])
  t.equal(second.body.next, null)
})

t.test('to nobody else there are none, and what is not there is not found', async (t) => {
  const facts = [opened, bought(5)]
  t.equal((await worldOf(facts, 'bob')('')).status, 403)
  t.equal((await worldOf(facts, 'bob')(`/${id(5)}`)).status, 403)
  t.match(await worldOf(facts)(`/${id(6)}`), { status: 404, body: { code: 'transaction_not_found' } })
  t.match(await worldOf([])(''), { status: 404, body: { code: 'account_not_found' } })
})
