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
