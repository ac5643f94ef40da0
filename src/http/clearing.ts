/** The clearing account of money that comes in or goes out where a request names none. */
export const MANUAL = 'manual'
