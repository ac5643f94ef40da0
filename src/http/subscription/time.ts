/** An instant as whole seconds since 1970, in digits: `1592538065`. */
export const epochSeconds = (instant: string): string => String(Math.floor(Date.parse(instant) / 1000))
