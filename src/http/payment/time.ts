import { later } from '../../ledger/time.js'

/**
 * An instant as one time zone's clocks show it, with their offset at that very instant: `2016-09-26T17:27:04+08:00`, whole seconds.
 * Throws RangeError at once on an unknown zone.
 */
export const createTimeIn = (timeZone: string): ((instant: string) => string) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  let minute = ''
  let offset = ''
  return (instant) => {
    // No zone changes its offset within a minute, and movements come in order.
    const now = instant.slice(0, 16)
    if (now !== minute) {
      offset = format.format(Date.parse(instant)).slice(-'+08:00'.length)
      minute = now
    }
    return `${later(instant, millisecondsOf(offset)).slice(0, SECONDS)}${offset}`
  }
}

/** An instant in UTC, whole seconds: `2016-11-04T07:45:59Z`. */
export const utc = (instant: string): string => `${instant.slice(0, SECONDS)}Z`

/** Of an instant's text, up to its seconds. */
const SECONDS = 19

const millisecondsOf = (offset: string): number => {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000
}
