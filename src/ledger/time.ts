/** Instants and dates as text, in UTC. Nothing here knows what time it is. */

export const DAY_MS = 86_400_000

/** A real instant in the form of events: `2026-01-31T23:59:59.999Z`. */
export const isInstant = (text: string): boolean => {
  const time = Date.parse(text)
  return text.length === 24 && !Number.isNaN(time) && new Date(time).toISOString() === text
}

/** A real calendar date: `2026-01-31`. */
export const isDate = (text: string): boolean => isInstant(`${text}T00:00:00.000Z`)

export const dateOf = (instant: string): string => instant.slice(0, 10)

export const later = (instant: string, milliseconds: number): string =>
  new Date(Date.parse(instant) + milliseconds).toISOString()

/** The later of two instants, or of two dates. */
export const latest = (one: string, other: string): string => (one > other ? one : other)
