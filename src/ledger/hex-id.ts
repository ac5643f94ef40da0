/** What seed 002 calls a thing: the first 24 hex digits of the id of the event that began it. */
export const hexId = (eventId: string): string => eventId.replaceAll('-', '').slice(0, 24)
