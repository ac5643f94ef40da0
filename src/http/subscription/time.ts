import { createDateIn } from '../../ledger/zone.js'

/** An instant as whole seconds since 1970, in digits: `1592538065`. */
export const epochSeconds = (instant: string): string => String(Math.floor(Date.parse(instant) / 1000))

/**
 * When a date begins in a time zone, in the same form. Where clocks skip midnight, that is the first moment of the day. Throws RangeError on
 * an unknown zone.
 */
export const createDayBegins = (): ((date: string, zone: string) => string) => {
  const known = new Map<string, string>()
  return (date, zone) => {
    const key = `${zone} ${date}`
    const found = known.get(key) ?? firstSecond(date, zone)
    known.set(key, found)
    return found
  }
}

/** No zone is further from UTC, in seconds. */
const FARTHEST = 16 * 3_600

/** In a zone dates only go forward, so that their boundary is found by halving. */
const firstSecond = (date: string, zone: string): string => {
  const dateIn = createDateIn(zone)
  const middle = Date.parse(`${date}T00:00:00.000Z`) / 1000
  let [before, after] = [middle - FARTHEST, middle + FARTHEST]
  while (after - before > 1) {
    const between = Math.floor((before + after) / 2)
    if (dateIn(new Date(between * 1000).toISOString()) < date) before = between
    else after = between
  }
  return String(after)
}
