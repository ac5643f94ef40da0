import t from 'tap'
import { daysBetween, stepFrom } from '../../src/ledger/calendar.js'
import { createDateIn } from '../../src/ledger/zone.js'
import { casesOf, missingFile } from './published.js'

const steps = 'proration/killbill-period-steps.jsonl'
const zones = 'proration/days-in-zone.jsonl'
const missing = missingFile(steps)

t.test('in CI the published cases are there', { skip: !process.env.CI }, async (t) => {
  t.notOk(missing, `${missing}`)
})

interface Step {
  readonly op: 'advance' | 'recede' | 'wholePeriodsBetween'
  readonly period: string
  readonly date: string
  readonly n: number
  readonly from: string
  readonly until: string
  readonly expected: string | number
}

/** The most months from a date that do not go past another. */
const wholeMonths = ({ from, until }: Step): number => {
  let count = 0
  while (stepFrom(from, 'month', count + 1) <= until) count += 1
  return count
}

t.test('months stepped from a date are the published ones', { skip: missing }, async (t) => {
  const rows = casesOf<Step>(steps)
  const monthly = rows.filter(({ period }) => period === 'MONTHLY')
  for (const row of monthly) {
    const { op, date, n, expected } = row
    if (op === 'wholePeriodsBetween') t.equal(wholeMonths(row), expected, JSON.stringify(row))
    else t.equal(stepFrom(date, 'month', op === 'advance' ? n : -n), expected, JSON.stringify(row))
  }
  t.equal(monthly.length, 19)
  const others = new Set(rows.filter(({ period }) => period !== 'MONTHLY').map(({ period }) => period))
  t.same([...others].sort(), ['THIRTY_DAYS', 'WEEKLY'], 'left out: plans here run by month or year')
})

interface Days {
  readonly case: string
  readonly from: string
  readonly until: string
  readonly timezone: string
  readonly expectedDays: number
  readonly calendarDaysInZone: number
  readonly agrees: boolean
}

t.test('days between two instants in a zone are the published ones', { skip: missing }, async (t) => {
  const rows = casesOf<Days>(zones)
  const differences: string[] = []
  for (const { case: name, from, until, timezone, expectedDays, calendarDaysInZone } of rows) {
    const dateIn = createDateIn(timezone)
    const days = daysBetween(dateIn(from), dateIn(until))
    t.equal(days, calendarDaysInZone, name)
    if (days !== expectedDays) differences.push(name)
  }
  t.equal(rows.length, 9)
  t.same(
    differences,
    ['different_hour_midnight'],
    'counted there by hours: two calendar days are touched, one midnight',
  )
})
