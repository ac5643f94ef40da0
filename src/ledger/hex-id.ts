/** How the subscriptions API (seed 002) names what an event opened: the first 24 hex digits of the event's id. */
export const hexId = (id: string): string => id.replaceAll('-', '').slice(0, 24)
