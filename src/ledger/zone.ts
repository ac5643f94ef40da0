/** The calendar date of an instant in one time zone: `2015-09-02`. Throws RangeError at once on an unknown zone. */
export const createDateIn = (timeZone: string): ((instant: string) => string) => {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  let minute = ''
  let date = ''
  return (instant) => {
    // No zone changes its date within a minute, and entries come in order.
    const now = instant.slice(0, 16)
    if (now !== minute) {
      date = format.format(Date.parse(instant))
      minute = now
    }
    return date
  }
}

/** The instant at which a calendar date begins in one time zone, to the minute; a date that the zone leaves out begins with the next one. Throws RangeError at once on an unknown zone. */
export const createStartIn = (timeZone: string): ((date: string) => string) => {
  const dateIn = createDateIn(timeZone)
  const known = new Map<string, string>()
  return (date) => {
    const found = known.get(date) ?? startOf(date, dateIn)
    known.set(date, found)
    return found
  }
}

const MINUTE = 60_000
/** No clock is so far from UTC. */
const FAR = 24 * 60

/** Found by halving: the dates of a zone only grow. */
const startOf = (date: string, dateIn: (instant: string) => string): string => {
  const midnight = Date.parse(`${date}T00:00:00.000Z`)
  const at = (minutes: number): string => new Date(midnight + minutes * MINUTE).toISOString()
  let [before, from] = [-FAR, 2 * FAR]
  while (before + 1 < from) {
    const middle = Math.floor((before + from) / 2)
    if (dateIn(at(middle)) < date) before = middle
    else from = middle
  }
  return at(from)
}
