import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import type { ViewReader } from '../../src/views/port.js'
import { bearer, createWorld, id, logOf, viewsOf } from './world.js'

/** An account with an entry in every minute from 2026-02-01 on; each neighbour pair lies in the wrong order, half an hour apart. */
const crowded = (entries: number) => {
  const facts = [
    { type: 'AccountOpened' as const, data: { owner: 'alice', creditLimit: '0.00', currency: 'EUR' } },
    {
      type: 'Recharged' as const,
      data: { transfer: id(1), account: 'alice', amount: '1.00', method: 'manual', currency: 'EUR' },
    },
  ]
  const base = viewsOf(logOf(facts))
  const timeOf = (leaf: number): string =>
    new Date(Date.parse('2026-02-01T00:00:00.000Z') + (leaf + (leaf % 2 === 0 ? 30 : 0)) * 60_000).toISOString()
  const read = { queries: 0, rows: 0 }
  const rows: ViewReader['rows'] = async (name, { key, from = 0, to = entries, max }) => {
    const [row] = await base.rows(name, { key, from: 1, direction: 'backwards', max: 1 })
    if (row === undefined) throw new Error('no row')
    const newest = Math.min(to, entries)
    const found = Array.from({ length: Math.min(max, newest - Math.max(from, 1) + 1) }, (_, index) => newest - index)
    read.queries += 1
    read.rows += found.length
    return found.map((leaf) => ({ ...row, leaf, body: { ...row.body, recordedAt: timeOf(leaf) } }))
  }
  return { facts, views: { ...base, rows }, read, timeOf }
}

t.test('a day far back is found at once, and whole, whatever came after it', async (t) => {
  const entries = 3_000_000
  const { facts, views, read, timeOf } = crowded(entries)
  const { app } = createWorld(facts, { views })
  const headers = { authorization: bearer('alice') }
  const pages = async (filter: string) => {
    const seen: number[] = []
    let url: string | undefined = `/bill/alice/detail?${filter}`
    while (url !== undefined) {
      const reply: LightMyRequestResponse = await app.inject({ url, headers })
      seen.push(...reply.json().data.map(({ order_id }: { order_id: number }) => order_id))
      const { link } = reply.headers
      url = typeof link === 'string' ? /<([^>]+)>/.exec(link)?.[1] : undefined
    }
    return seen
  }
  // Shanghai's day begins at 16:00 in UTC.
  const [from, until] = ['2026-05-04T16:00:00.000Z', '2026-05-05T16:00:00.000Z']
  const first = Math.floor((Date.parse(from) - Date.parse('2026-02-01T00:00:00.000Z')) / 60_000)
  const expected = Array.from({ length: 1_600 }, (_, index) => first + 1_520 - index).filter(
    (leaf) => timeOf(leaf) >= from && timeOf(leaf) < until,
  )
  t.equal(expected.length, 1_440)
  t.strictSame(await pages('start_time=2026-05-05&end_time=2026-05-05'), expected)
  t.ok(read.queries < 60, `${read.queries} queries`)
  t.ok(read.rows < 5_000, `${read.rows} entries`)
  t.strictSame(await pages('start_time=2026-01-01&end_time=2026-01-31'), [], 'before the first')
  t.strictSame(await pages('start_time=2039-01-01&end_time=2039-12-31'), [], 'after the last')
  t.equal((await pages('end_time=2026-02-01')).length, 944, 'from the first on')
})
