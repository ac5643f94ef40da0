import fc from 'fast-check'
import t from 'tap'
import { addDays } from '../../src/ledger/calendar.js'
import { later } from '../../src/ledger/time.js'
import { createDateIn, createStartIn } from '../../src/ledger/zone.js'
import { check } from '../support/random.js'

t.test('a date begins at midnight of its zone, or when the clock first shows it', async (t) => {
  for (const [zone, date, instant] of [
    ['UTC', '2020-06-19', '2020-06-19T00:00:00.000Z'],
    ['Asia/Shanghai', '2020-06-19', '2020-06-18T16:00:00.000Z'],
    ['Asia/Kathmandu', '2020-06-19', '2020-06-18T18:15:00.000Z'],
    ['America/New_York', '2020-03-08', '2020-03-08T05:00:00.000Z'],
    ['America/New_York', '2020-03-09', '2020-03-09T04:00:00.000Z'],
    ['Pacific/Kiritimati', '2020-06-19', '2020-06-18T10:00:00.000Z'],
    ['Etc/GMT+12', '2020-06-19', '2020-06-19T12:00:00.000Z'],
    // There was no midnight: at 24:00 clocks went to 01:00.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    // There was no such day.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z'],
  ] as const) {
    const startIn = createStartIn(zone)
    t.equal(startIn(date), instant, `${zone} ${date}`)
    t.equal(startIn(date), instant, 'again')
  }
  t.throws(() => createStartIn('Nowhere'), RangeError)
})

t.test('its first instant is of that date, and the minute before is not, in any zone', async (t) => {
  const zones = ['Europe/Berlin', 'Asia/Tehran', 'Australia/Lord_Howe', 'America/Havana', 'Africa/Cairo', 'Asia/Gaza']
  const property = fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 20_000 }), (zone, days) => {
    const date = addDays('1980-01-01', days)
    const dateIn = createDateIn(zone)
    const start = createStartIn(zone)(date)
    return dateIn(start) === date && dateIn(later(start, -60_000)) < date
  })
  check(t, property, 300)
})
