import { isDate, later } from '../ledger/time.js'
import { createDateIn } from '../ledger/zone.js'
import { RequestRefused } from './errors.js'
import type { Range } from './rows.js'

/** Far more than the clocks of two processes may differ, and so than the times of two entries may lie in another order than the entries. */
const DISORDER_MS = 3_600_000

/** Calendar dates, both inclusive. */
export interface Days {
  readonly start?: string | undefined
  readonly end?: string | undefined
}

/** Where an instant lies, for who goes through what is in the order of the log, the newest first. */
export interface DayRange {
  readonly dateIn: (instant: string) => string
  readonly holds: (instant: string) => boolean
  /** Neither it nor anything older can be of these days. */
  readonly isTooOld: (instant: string) => boolean
  /** Neither it nor anything newer can; `null`: there is no last day. */
  readonly isTooNew: ((instant: string) => boolean) | null
}

/** Throws `RequestRefused` where one is no date. */
export const createDayRange = (timeZone: string, { start = '', end }: Days): DayRange => {
  for (const day of [start, end]) {
    if (day !== undefined && day !== '' && !isDate(day)) throw new RequestRefused('invalid_date', `${day} is no date.`)
  }
  const dateIn = createDateIn(timeZone)
  const last = end ?? '9999-12-31'
  return {
    dateIn,
    holds: (instant) => dateIn(instant) >= start && dateIn(instant) <= last,
    isTooOld: (instant) => dateIn(instant) < start && dateIn(later(instant, DISORDER_MS)) < start,
    isTooNew: end === undefined ? null : (instant) => dateIn(later(instant, -DISORDER_MS)) > end,
  }
}

/** Leaves out the newest of a range, those of which `tooNew` is true; found by halving, one read for each step. */
export const skip = async (
  newestIn: (range: Range) => Promise<{ readonly leaf: number; readonly at: string } | undefined>,
  range: Range,
  tooNew: (instant: string) => boolean,
): Promise<Range> => {
  const newest = async (within: Range) => {
    const found = await newestIn(within)
    return found !== undefined && tooNew(found.at) ? found : undefined
  }
  const first = await newest(range)
  if (first === undefined) return range
  let [low, high] = [-1, first.leaf]
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2)
    const late = await newest({ to: middle })
    if (late === undefined) low = middle
    else high = late.leaf
  }
  return { to: low }
}
