import t from 'tap'
import { createDayBegins, epochSeconds } from '../../../src/http/subscription/time.js'

t.test('an instant is whole seconds since 1970, never rounded up', async (t) => {
  t.equal(epochSeconds('2020-06-19T03:41:05.000Z'), '1592538065')
  t.equal(epochSeconds('2020-06-19T03:41:05.999Z'), '1592538065')
  t.equal(epochSeconds('1970-01-01T00:00:00.000Z'), '0')
  t.equal(epochSeconds('1969-12-31T23:59:59.500Z'), '-1')
})

t.test('a date begins at midnight of its zone, or with the first moment that its clocks have', async (t) => {
  const begins = createDayBegins()
  const at = (date: string, zone: string) => new Date(Number(begins(date, zone)) * 1000).toISOString().slice(0, 19)
  t.equal(begins('2020-06-19', 'UTC'), '1592524800')
  t.equal(at('2020-06-19', 'Asia/Shanghai'), '2020-06-18T16:00:00')
  t.equal(at('2020-06-19', 'Asia/Shanghai'), '2020-06-18T16:00:00', 'asked again')
  t.equal(at('2026-03-29', 'Europe/Berlin'), '2026-03-28T23:00:00')
  t.equal(at('2026-03-30', 'Europe/Berlin'), '2026-03-29T22:00:00')
  t.equal(at('2018-11-04', 'America/Sao_Paulo'), '2018-11-04T03:00:00', 'its midnight was skipped')
  t.equal(at('2026-01-01', 'Pacific/Kiritimati'), '2025-12-31T10:00:00')
  t.equal(at('2026-01-01', 'Etc/GMT+12'), '2026-01-01T12:00:00')
  t.throws(() => begins('2026-01-01', 'Nowhere/Else'), RangeError)
})
