import t from 'tap'
import { createTimeIn, utc } from '../../../src/http/payment/time.js'

t.test('an instant shows with the offset of its zone at that instant, without a fraction', async (t) => {
  for (const [zone, instant, shown] of [
    ['Asia/Shanghai', '2016-09-26T09:27:04.999Z', '2016-09-26T17:27:04+08:00'],
    ['UTC', '2016-09-26T17:27:04.001Z', '2016-09-26T17:27:04+00:00'],
    ['Asia/Kolkata', '2026-02-28T18:30:00.000Z', '2026-03-01T00:00:00+05:30'],
    ['America/St_Johns', '2026-01-01T02:00:00.000Z', '2025-12-31T22:30:00-03:30'],
    ['Pacific/Chatham', '2026-06-30T12:00:00.000Z', '2026-07-01T00:45:00+12:45'],
    ['Europe/London', '2026-07-01T00:00:00.000Z', '2026-07-01T01:00:00+01:00'],
    ['Europe/London', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00+00:00'],
    ['Asia/Tokyo', '2024-02-29T15:00:00.000Z', '2024-03-01T00:00:00+09:00'],
  ] as const) {
    t.equal(createTimeIn(zone)(instant), shown, `${zone} ${instant}`)
  }
})

t.test('where clocks are put forward or back, both sides of the moment are right', async (t) => {
  const berlin = createTimeIn('Europe/Berlin')
  t.strictSame(
    [
      '2026-03-29T00:59:59.999Z',
      '2026-03-29T01:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T00:59:59.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ].map(berlin),
    [
      '2026-03-29T01:59:59+01:00',
      '2026-03-29T03:00:00+02:00',
      '2026-10-25T02:30:00+02:00',
      '2026-10-25T02:59:59+02:00',
      '2026-10-25T02:00:00+01:00',
      '2026-10-25T02:30:00+01:00',
    ],
  )
})

t.test('what is shown is the very same second, in every zone', async (t) => {
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const timeIn = createTimeIn(zone)
    for (let time = Date.parse('2015-01-01T00:00:00.000Z'); time < Date.parse('2027-01-01'); time += 41 * 86_400_123) {
      const shown = timeIn(new Date(time).toISOString())
      if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/.test(shown)) t.fail(`${zone}: ${shown}`)
      if (Date.parse(shown) !== time - (time % 1000)) t.fail(`${zone}: ${shown} is not ${new Date(time).toISOString()}`)
    }
  }
})

t.test('in UTC an instant loses its fraction alone; a zone that is none is refused at once', async (t) => {
  t.equal(utc('2016-11-04T07:45:59.999Z'), '2016-11-04T07:45:59Z')
  t.throws(() => createTimeIn('Mars/Olympus'), RangeError)
})
