import t from 'tap'
import type { ChargingFile } from '../../src/commands/asked.js'
import { readBookFile } from '../../src/commands/book-file.js'
import { createListDoubts, type Doubt } from '../../src/commands/doubts.js'
import { begin, charge, freshDesk, SETTLE_AFTER } from '../support/asking.js'
import { idOf } from '../support/books.js'

t.test('what is not over is listed with what the gateway said last', async (t) => {
  const desk = await freshDesk(t)
  for (const n of [2, 3, 4]) await begin(desk, n)
  await charge(desk, 2)
  desk.around.now += SETTLE_AFTER
  await begin(desk, 5)
  await desk.ask()
  desk.around.now += 60_000
  await desk.ask()
  await begin(desk, 6)
  t.equal(await desk.refund(2, '3.00'), 'CardRefundRequested')
  await desk.ask()
  await desk.process.flush()
  const list = createListDoubts(readBookFile(desk.process.database), desk.asking.said)
  const query = { after: '', max: 10, now: new Date(desk.around.now).toISOString() }
  const { doubts, next } = list(query)
  t.equal(next, null)
  t.match(doubts, [
    { kind: 'unsettled', id: idOf(2), account: 'ann', amount: '22.00', currency: 'EUR', order: null, leaf: 1 },
    { kind: 'missing', id: idOf(3), said: { said: 'it knows of no charge' } },
    { kind: 'missing', id: idOf(4) },
    { kind: 'open', id: idOf(5), said: null },
    { kind: 'open', id: idOf(6), since: new Date(desk.around.now).toISOString() },
    { kind: 'refund', order: idOf(2), amount: '3.00' },
  ])
  const ids = (state: 'open' | 'refund' | 'missing', now = query.now) =>
    list({ ...query, state, now }).doubts.map(({ kind }) => kind)
  t.same(ids('open'), ['open', 'open'])
  t.same(ids('refund'), ['refund'])
  t.same(ids('missing'), ['missing', 'missing'])
  t.same(ids('missing', '2027-01-01T00:00:00.000Z'), [], 'nobody looks for them any more')
  for (const max of [1, 2, 5, 6]) {
    const pages: (readonly Doubt[])[] = []
    for (let after: string | null = ''; after !== null; ) {
      const page = list({ ...query, max, after })
      pages.push(page.doubts)
      after = page.next
    }
    t.equal(pages.length, Math.ceil(6 / max), 'the last page says that it is the last')
    t.same(pages.flat(), doubts, `${max} at a time`)
  }
  t.same(list({ ...query, after: 'ann' }), { doubts: [], next: null })
})

t.test('a page looks at so many accounts; what the file does not hold yet is left out', (t) => {
  const charges = [
    { kind: 'open', id: idOf(1), leaf: 1, since: '2026-03-01T00:00:00.000Z' },
    { kind: 'refund', id: idOf(2), leaf: 2, since: '2026-03-01T00:00:00.000Z' },
  ] as const
  const names = Array.from({ length: 1_500 }, (_, n) => `a${String(n).padStart(4, '0')}`)
  const file: ChargingFile = {
    charging: (after, max) => names.filter((name) => name > after).slice(0, max),
    account: (name) => (name === 'a0000' ? undefined : { own: name === 'a0001' ? undefined : { charges } }),
    document: () => undefined,
  }
  const list = createListDoubts(file, () => null)
  const query = { after: '', max: 10, now: '2026-03-01T00:00:00.000Z' }
  t.same(list(query), { doubts: [], next: 'a0999' })
  t.same(list({ ...query, after: 'a0999' }), { doubts: [], next: null })
  t.same(list({ ...query, after: 'a0001 1' }), { doubts: [], next: 'a1000' })
  t.end()
})
