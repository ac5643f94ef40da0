import t from 'tap'
import {
  addDays,
  calendarPeriod,
  daysBetween,
  firstPeriod,
  nextPeriod,
  periodAfter,
  restOfMonth,
  stepFrom,
  unitOf,
  wholePeriod,
} from '../../src/ledger/calendar.js'
import { isDate } from '../../src/ledger/time.js'
import { createDateIn } from '../../src/ledger/zone.js'
import { fc } from '../support/fast-check.js'
import { check } from '../support/random.js'

/** The ends of so many periods, one after the other. */
const ends = (start: string, unit: 'month' | 'year', count: number): readonly string[] => {
  const all: string[] = []
  for (let period = firstPeriod(start, unit, 'UTC'); all.length < count; period = nextPeriod(period))
    all.push(period.end)
  return all
}

t.test('month ends are counted from the day it began, never from the last end', async (t) => {
  t.same(ends('2026-01-31', 'month', 4), ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'])
  t.same(ends('2028-01-31', 'month', 2), ['2028-02-29', '2028-03-31'])
  t.same(ends('2026-01-30', 'month', 2), ['2026-02-28', '2026-03-30'])
  t.same(ends('2026-11-30', 'month', 4), ['2026-12-30', '2027-01-30', '2027-02-28', '2027-03-30'])
})

t.test('a year that began on 29 February ends on the 28th, and on the 29th in leap years', async (t) => {
  t.same(ends('2024-02-29', 'year', 4), ['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'])
  t.same(ends('2096-02-29', 'year', 5).at(3), '2100-02-28', 'no leap year, but for the 400th')
  t.equal(stepFrom('2096-02-29', 'year', 8), '2104-02-29')
})

t.test('a bill period is read without regard to case; any other is sold once', async (t) => {
  for (const word of ['monthly', 'Monthly', 'M', 'm']) t.equal(unitOf(word), 'month', word)
  for (const word of ['yearly', 'YEARLY', 'Y', 'y']) t.equal(unitOf(word), 'year', word)
  for (const word of ['', 'once', 'month', 'weekly', 'M ', '__proto__']) t.equal(unitOf(word), undefined, word)
})

t.test('days are added over month, year and leap day', async (t) => {
  t.equal(addDays('2028-02-27', 3), '2028-03-01')
  t.equal(addDays('2026-12-31', 1), '2027-01-01')
  t.equal(addDays('2026-12-31', 0), '2026-12-31')
})

t.test('days between two dates, over month, year, leap day and changed clocks', async (t) => {
  const rows = [
    ['2026-01-31', '2026-01-31', 0],
    ['2028-02-01', '2028-03-01', 29],
    ['2026-02-01', '2026-03-01', 28],
    ['2026-03-28', '2026-03-30', 2],
    ['2026-12-31', '2027-01-01', 1],
    ['2023-06-29', '2024-06-29', 366],
  ] as const
  for (const [from, until, days] of rows) t.equal(daysBetween(from, until), days, `${from} ${until}`)
})

t.test('the rest of a month, and the month or year of a day', async (t) => {
  const rest = restOfMonth('2026-12-31', 'UTC')
  t.same(rest, { start: '2026-12-31', end: '2027-01-01', anchor: '2027-01-01', unit: 'month', zone: 'UTC' })
  t.equal(restOfMonth('2026-01-01', 'UTC').end, '2026-02-01')
  t.same(calendarPeriod('2024-02-29', 'month', 'UTC'), firstPeriod('2024-02-01', 'month', 'UTC'))
  t.same(calendarPeriod('2024-02-29', 'year', 'UTC'), firstPeriod('2024-01-01', 'year', 'UTC'))
})

t.test('a period of which only the rest was bought is whole from where it would have begun', async (t) => {
  const rows = [
    ['2026-07-01', 'month', '2026-07-01', '2026-06-01'],
    ['2026-01-01', 'month', '2026-01-01', '2025-12-01'],
    ['2026-03-31', 'month', '2026-01-31', '2026-02-28'],
    ['2026-02-28', 'month', '2026-01-31', '2026-01-31'],
    ['2026-02-28', 'month', '2025-10-30', '2026-01-30'],
    ['2028-02-29', 'year', '2024-02-29', '2027-02-28'],
    ['2025-02-28', 'year', '2024-02-29', '2024-02-29'],
  ] as const
  for (const [end, unit, anchor, start] of rows) {
    const found = wholePeriod({ start: addDays(end, -1), end, anchor, unit, zone: 'UTC' })
    t.same(found, { start, end, anchor, unit, zone: 'UTC' }, `${anchor} ${end}`)
  }
})

t.test('a period of another length is counted from the day on which it begins', async (t) => {
  const january = firstPeriod('2026-01-31', 'month', 'UTC')
  t.same(periodAfter(january, 'month'), nextPeriod(january))
  t.same(periodAfter(january, 'year'), firstPeriod('2026-02-28', 'year', 'UTC'))
})

t.test('every period is its own whole one, and so is that of any day in it', async (t) => {
  const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
  const unit = fc.constantFrom<'month' | 'year'>('month', 'year')
  const property = fc.property(day, unit, fc.nat({ max: 60 }), fc.nat(), (at, unit, count, days) => {
    let period = firstPeriod(at.toISOString().slice(0, 10), unit, 'UTC')
    for (let n = 0; n < count; n += 1) period = nextPeriod(period)
    const total = daysBetween(period.start, period.end)
    const start = addDays(period.start, days % total)
    const whole = wholePeriod({ ...period, start })
    return whole.start === period.start && whole.end === period.end && addDays(period.start, total) === period.end
  })
  check(t, property, 300)
})

t.test(
  'periods follow each other without gap, and each day of the month is that of the beginning or the last',
  async (t) => {
    const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
    const unit = fc.constantFrom<'month' | 'year'>('month', 'year')
    const property = fc.property(day, unit, fc.integer({ min: 1, max: 400 }), (at, unit, count) => {
      const start = at.toISOString().slice(0, 10)
      let period = firstPeriod(start, unit, 'UTC')
      for (let n = 1; n < count; n += 1) {
        const next = nextPeriod(period)
        if (next.start !== period.end || next.end <= next.start || !isDate(next.end)) return false
        if (next.end !== stepFrom(start, unit, n + 1)) return false
        const shorter = next.end.slice(8) < start.slice(8)
        if (next.end.slice(8) > start.slice(8) || (shorter && addDays(next.end, 1).slice(8) !== '01')) return false
        period = next
      }
      return true
    })
    check(t, property, 100)
  },
)

t.test(
  'the date of an instant is that of the zone: at its midnight, on both days of a changed clock, and where a day was left out',
  async (t) => {
    const rows = [
      ['Asia/Shanghai', '2026-01-30T15:59:59.999Z', '2026-01-30'],
      ['Asia/Shanghai', '2026-01-30T16:00:00.000Z', '2026-01-31'],
      ['Pacific/Kiritimati', '2026-01-30T10:00:00.000Z', '2026-01-31'],
      ['Pacific/Kiritimati', '2026-01-30T09:59:59.999Z', '2026-01-30'],
      ['Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-29'],
      ['Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-31'],
      ['Europe/Berlin', '2026-03-28T22:59:59.999Z', '2026-03-28'],
      ['Europe/Berlin', '2026-03-29T21:59:59.999Z', '2026-03-29'],
      ['Europe/Berlin', '2026-03-29T22:00:00.000Z', '2026-03-30'],
      ['Europe/Berlin', '2026-10-25T22:59:59.999Z', '2026-10-25'],
      ['Europe/Berlin', '2026-10-25T23:00:00.000Z', '2026-10-26'],
      ['America/New_York', '2028-03-01T04:59:59.999Z', '2028-02-29'],
    ] as const
    for (const [zone, instant, date] of rows) t.equal(createDateIn(zone)(instant), date, `${instant} in ${zone}`)
  },
)

t.test(
  'a period over a changed clock, and over the day that a zone left out, has the ends of the calendar',
  async (t) => {
    const berlin = createDateIn('Europe/Berlin')
    t.equal(firstPeriod(berlin('2026-02-28T23:30:00.000Z'), 'month', 'Europe/Berlin').end, '2026-04-01')
    const apia = createDateIn('Pacific/Apia')
    t.equal(firstPeriod(apia('2011-11-30T12:00:00.000Z'), 'month', 'Pacific/Apia').end, '2011-12-30')
    t.ok(apia('2011-12-30T10:00:00.000Z') > '2011-12-30', 'a day that never was is over when the next one begins')
  },
)
