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

export const nextPeriod = ({ end, anchor, unit, zone }: Period): Period => {
  const [year, month] = numbers(anchor)
  const [endYear, endMonth] = numbers(end)
  const steps = ((endYear - year) * 12 + endMonth - month) / MONTHS[unit]
  return { start: end, end: stepFrom(anchor, unit, steps + 1), anchor, unit, zone }
}

export const addDays = (date: string, days: number): string => dateOf(later(midnight(date), days * DAY_MS))

const midnight = (date: string): string => `${date}T00:00:00.000Z`

/** Year, month from 0, day. */
const numbers = (date: string): readonly [number, number, number] => {
  const at = new Date(midnight(date))
  return [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
}
