import type { Period } from './state.js'
import { DAY_MS, dateOf, later } from './time.js'

/** Periods of subscriptions, as calendar dates. A period is half-open, and its ends are counted from the day it all began (the anchor). */

const MONTHS = { month: 1, year: 12 } as const

const units: ReadonlyMap<string, Period['unit']> = new Map([
  ['monthly', 'month'],
  ['m', 'month'],
  ['yearly', 'year'],
  ['y', 'year'],
])

/** `undefined`: a plan with such a bill period is sold once and not renewed. */
export const unitOf = (billPeriod: string): Period['unit'] | undefined => units.get(billPeriod.toLowerCase())

/** The date so many months or years after the anchor. Where that month is shorter, its last day: 31 January, 28 February, 31 March. */
export const stepFrom = (anchor: string, unit: Period['unit'], count: number): string => {
  const [year, month, day] = numbers(anchor)
  const to = month + count * MONTHS[unit]
  const last = new Date(Date.UTC(year, to + 1, 0)).getUTCDate()
  return dateOf(new Date(Date.UTC(year, to, Math.min(day, last))).toISOString())
}

/** The period of a subscription that begins on this day. */
export const firstPeriod = (start: string, unit: Period['unit'], zone: string): Period => ({
  start,
  end: stepFrom(start, unit, 1),
  anchor: start,
  unit,
  zone,
})

export const nextPeriod = (period: Period): Period => {
  const { end, anchor, unit, zone } = period
  return { start: end, end: stepFrom(anchor, unit, steps(period) + 1), anchor, unit, zone }
}

/** The period after this one, where it may be of another length: that is counted from the day on which it begins. */
export const periodAfter = (period: Period, unit: Period['unit']): Period =>
  unit === period.unit ? nextPeriod(period) : firstPeriod(period.end, unit, period.zone)

/** The rest of the calendar month from this day on: the first one of a plan that goes by calendar months. */
export const restOfMonth = (start: string, zone: string): Period => {
  const end = stepFrom(`${start.slice(0, 7)}-01`, 'month', 1)
  return { start, end, anchor: end, unit: 'month', zone }
}

/** The calendar month or year of a day. */
export const calendarPeriod = (day: string, unit: Period['unit'], zone: string): Period =>
  firstPeriod(unit === 'month' ? `${day.slice(0, 7)}-01` : `${day.slice(0, 4)}-01-01`, unit, zone)

/** A period from where it would begin if it were whole: its own beginning may be the day on which a plan was changed. */
export const wholePeriod = (period: Period): Period => ({
  ...period,
  start: stepFrom(period.anchor, period.unit, steps(period) - 1),
})

/** Calendar days from a date up to another, which does not count. */
export const daysBetween = (from: string, until: string): number =>
  (Date.parse(midnight(until)) - Date.parse(midnight(from))) / DAY_MS

/** How many times the unit lies between the anchor and the end. */
const steps = ({ end, anchor, unit }: Period): number => {
  const [year, month] = numbers(anchor)
  const [endYear, endMonth] = numbers(end)
  return ((endYear - year) * 12 + endMonth - month) / MONTHS[unit]
}

export const addDays = (date: string, days: number): string => dateOf(later(midnight(date), days * DAY_MS))

const midnight = (date: string): string => `${date}T00:00:00.000Z`

/** Year, month from 0, day. */
const numbers = (date: string): readonly [number, number, number] => {
  const at = new Date(midnight(date))
  return [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
}
