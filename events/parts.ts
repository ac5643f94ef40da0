/** The schema pieces that events share. Every `pattern` has a `maxLength` beside it. */

/** An account's name, NFC. Names are case-sensitive and never reused. */
export const accountName = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}._@+-]{0,63}$',
} as const

/** A non-negative decimal with exactly the currency's decimals, at most 24 digits before the point. */
export const amount = {
  type: 'string',
  maxLength: 29,
  pattern: '^(0|[1-9][0-9]{0,23})(\\.[0-9]{1,4})?$',
} as const

/** An ISO 4217 alphabetic code. */
export const currency = { type: 'string', maxLength: 3, pattern: '^[A-Z]{3}$' } as const

/** A UUID in lower case. */
export const uuid = {
  type: 'string',
  maxLength: 36,
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
} as const

/** The leaf number of an earlier event: the dense count of ledger events, from 0. */
export const leaf = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const

/** How money enters or leaves: the clearing account of the postings. */
export const method = { type: 'string', maxLength: 32, pattern: '^[a-z][a-z0-9_-]{0,31}$' } as const

/** Free text of a person or another system; never parsed. */
export const text = { type: 'string', minLength: 1, maxLength: 256 } as const

/** An instant in UTC with milliseconds. */
export const instant = {
  type: 'string',
  maxLength: 24,
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$',
} as const

/** A calendar date. */
export const date = { type: 'string', maxLength: 10, pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' } as const
