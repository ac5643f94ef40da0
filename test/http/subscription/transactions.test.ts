import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { hexId } from '../../../src/ledger/hex-id.js'
import type { ViewReader } from '../../../src/views/port.js'
import { fits } from '../../seeds/shape.js'
import { bought, opened, renewed } from '../bought.js'
import { asked, begun, failed, notRefunded, paid, refunded, returned, settled, TRANSACTION } from '../card.js'
import { bearer, createWorld, eventId, id, logOf, viewsOf } from '../world.js'

const EPOCH = Date.parse('2026-02-01T00:00:00.000Z') / 1000
/** There is an hour between each two events. */
const at = (leaf: number): string => String(EPOCH + leaf * 3600)
const hexOf = (leaf: number): string => hexId(eventId(leaf))

const worldOf = (facts: readonly Fact[], subject = 'alice', views?: ViewReader) => {
  const { app } = createWorld(facts, views && { views })
  return async (url: string) => {
    const reply: LightMyRequestResponse = await app.inject({ url, headers: { authorization: bearer(subject) } })
    return { status: reply.statusCode, link: reply.headers.link, body: reply.json() }
  }
}

t.test('a payment by card is shown in the fields of the seed', async (t) => {
  const ask = worldOf([...begun(), paid()])
  const { status, body } = await ask('/payment/transaction/')
  t.equal(status, 200)
  const shown = {
    _id: hexOf(1),
    username: 'alice',
    createdAt: at(1),
    modifiedAt: at(2),
    start: null,
    end: null,
    name: 'Plan Payment',
    value: '10.70',
    remark: 'Plan A',
    date: at(2),
    status: 'pending',
    bt_trans_id: TRANSACTION,
  }
  t.strictSame(body, { status: 'OK', message: '', data: [shown] })
  for (const name of [hexOf(1), id(7)]) {
    t.strictSame(await ask(`/payment/transaction/${name}/`), {
      status: 200,
      link: undefined,
      body: { status: 'OK', message: '', data: shown },
    })
  }
  fits(t, shown.bt_trans_id, 'name', 'the gateway’s id')
})

t.test('what it came to', async (t) => {
  const of = async (...facts: readonly Fact[]) => {
    const { body } = await worldOf(facts)('/payment/transaction')
    return [body.data[0].status, body.data[0].bt_trans_id, body.data[0].date]
  }
  const whole = [...begun(), paid(), settled]
  t.strictSame(await of(...begun()), ['pending', null, at(1)], 'nothing was paid: the day of the attempt')
  t.strictSame(await of(...begun(), paid()), ['pending', TRANSACTION, at(2)])
  t.strictSame(await of(...whole), ['settled', TRANSACTION, at(2)])
  t.strictSame(await of(...begun(), failed), ['voided', null, at(1)])
  t.strictSame(await of(...whole, asked('4.00')), ['refunding', TRANSACTION, at(2)])
  t.strictSame(await of(...whole, asked('4.00'), refunded('4.00', 4)), ['settled', TRANSACTION, at(2)])
  t.strictSame(await of(...whole, asked('4.00'), notRefunded('4.00', 4)), ['settled', TRANSACTION, at(2)])
  t.strictSame(await of(...whole, asked('10.70'), refunded('10.70', 4)), ['refunded', TRANSACTION, at(2)])
  t.strictSame(await of(...whole, returned()), ['voided', TRANSACTION, at(2)])
  t.strictSame(await of(opened, bought(5)), ['settled', null, at(1)], 'from the balance')
})

t.test('what it was for', async (t) => {
  const of = async (...facts: readonly Fact[]) => {
    const { data } = (await worldOf(facts)('/payment/transaction')).body
    return [data[0].name, data[0].remark, data[0].value]
  }
  t.strictSame(await of(opened, bought(5)), ['Plan Payment', 'Plan A', '0.30'])
  t.strictSame(await of(opened, bought(5), renewed(5, 1)), ['Renewal Payment', 'Plan A', '0.30'])
  t.strictSame(await of(...begun('recharge')), ['Recharge', 'Money For The Balance', '10.70'])
})

t.test('start and end are those of the period that all of its plans have, where it begins in its zone', async (t) => {
  const period = (start: string, end: string, zone = 'Asia/Shanghai') => ({
    period: { start, end, anchor: end, unit: 'month' as const, zone },
  })
  const june = period('2020-06-19', '2020-07-01')
  const of = async (...periods: readonly object[]) => {
    const [plan] = begun().flatMap((fact) => (fact.type === 'CheckoutStarted' ? fact.data.items : []))
    if (plan === undefined) throw new Error('nothing is bought')
    const items = periods.map((period) => ({ ...plan, ...period }))
    const { data } = (await worldOf(begun('purchase', { items }))('/payment/transaction')).body
    return [data[0].start, data[0].end, data[0].remark]
  }
  const seconds = (instant: string) => String(Date.parse(instant) / 1000)
  const [start, end] = [seconds('2020-06-19T00:00:00+08:00'), seconds('2020-07-01T00:00:00+08:00')]
  t.strictSame(await of(june), [start, end, 'Plan A'])
  t.strictSame(await of(june, june), [start, end, 'Plan A, Plan A'])
  t.strictSame(await of(june, period('2020-06-19', '2021-06-19')), [null, null, 'Plan A, Plan A'])
  t.strictSame(await of(june, period('2020-06-18', '2020-07-01')), [null, null, 'Plan A, Plan A'])
  t.strictSame(await of(june, {}), [null, null, 'Plan A, Plan A'])
  const utc = [seconds('2020-06-19T00:00:00Z'), seconds('2020-07-01T00:00:00Z'), 'Plan A']
  t.strictSame(await of(period('2020-06-19', '2020-07-01', 'UTC')), utc)
})

/** A payment in each hour from 2026-02-01T01:00Z on: 09:00 in Shanghai. */
const many = (count: number): readonly Fact[] => [
  opened,
  ...Array.from({ length: count }, (_, index) => bought(index + 10)),
]

t.test('those of some days, which are both counted, in the configured zone; newest first, page by page', async (t) => {
  const ask = worldOf(many(60))
  const leaves = async (query: string) => {
    const seen: number[] = []
    let url: string | undefined = `/payment/transaction/${query}`
    while (url !== undefined) {
      const { body, link }: Awaited<ReturnType<typeof ask>> = await ask(url)
      seen.push(...body.data.map(({ createdAt }: { createdAt: string }) => (Number(createdAt) - EPOCH) / 3600))
      url = typeof link === 'string' ? /<([^>]+)>/.exec(link)?.[1] : undefined
    }
    return seen
  }
  const from = (newest: number, oldest: number) =>
    Array.from({ length: newest - oldest + 1 }, (_, index) => newest - index)
  for (const limit of ['', '&limit=7', '&limit=1', '&limit=60']) {
    t.strictSame(await leaves(`?${limit}`), from(60, 1))
    t.strictSame(await leaves(`?start=2026-02-02&end=2026-02-02${limit}`), from(39, 16))
    t.strictSame(await leaves(`?start=2026-02-02${limit}`), from(60, 16))
    t.strictSame(await leaves(`?end=2026-02-01${limit}`), from(15, 1))
    t.strictSame(await leaves(`?start=2026-02-03&end=2026-02-02${limit}`), [])
    t.strictSame(await leaves(`?start=2025-01-01&end=2025-12-31${limit}`), [])
    t.strictSame(await leaves(`?start=2027-01-01&end=2027-12-31${limit}`), [])
  }
})

t.test('a day is found without reading all that came after it', async (t) => {
  const facts = many(500)
  const views = viewsOf(logOf(facts))
  let read = 0
  const rows: ViewReader['rows'] = async (...asked) => {
    const found = await views.rows(...asked)
    read += found.length
    return found
  }
  const ask = worldOf(facts, 'alice', { ...views, rows })
  const { body } = await ask('/payment/transaction/?start=2026-02-02&end=2026-02-02&limit=30')
  t.equal(body.data.length, 24)
  t.ok(read < 60, `${read} rows`)
})

t.test('what is no date, no cursor, or no payment of the caller', async (t) => {
  const ask = worldOf([...begun(), paid()])
  t.match(await ask('/payment/transaction/?start=2026-02-30'), { status: 400, body: { message: /^invalid_date: / } })
  t.match(await ask('/payment/transaction/?end=2026-2-3'), { status: 400, body: { status: 'ERROR', data: null } })
  t.match(await ask('/payment/transaction/?cursor=MTI'), { status: 400, body: { message: /^cursor_invalid/ } })
  for (const name of [hexOf(0), hexOf(2), 'alice', '1', '%00', 'x'.repeat(64), id(8)]) {
    const { status, body } = await ask(`/payment/transaction/${name}/`)
    t.match({ status, body }, { status: 404, body: { status: 'ERROR', message: /^transaction_not_found: / } }, name)
  }
  const stranger = worldOf([...begun(), paid()], 'bob')
  t.equal((await stranger(`/payment/transaction/${hexOf(1)}/`)).status, 404, 'another’s')
  t.strictSame((await stranger('/payment/transaction/')).body.data, [], 'one who has no account has paid nothing')
})
