import { currency, date, instant, method, uuid } from '../../../events/parts.js'
import { nonceText } from '../card.js'
import { decimalText, fields, named, oneLine, port, reference, text, visible } from '../schema.js'

export { cursor, fields, limit, shortLimit } from '../schema.js'

export const byName = fields({ name: named })
export const byOrder = fields({ order: reference })
export const byInstance = fields({ instance: named })
export const byRefund = fields({ order: reference, refund: uuid })

export const order = { enum: ['asc', 'desc'] } as const
export const key = visible(255)

const clearing = { currency, method, reference: text }

export const opening = fields({ name: named }, { currency, creditLimit: decimalText })
export const recharging = fields({ amount: decimalText }, { ...clearing, effectiveDate: date, nonce: nonceText })
export const withdrawing = fields({ amount: decimalText }, clearing)
export const reversing = fields({ recharge: reference }, { amount: decimalText, reason: text })
export const adjusting = fields(
  { direction: { enum: ['up', 'down'] }, amount: decimalText, reason: text },
  { currency, effectiveDate: date },
)
export const limiting = fields({ creditLimit: decimalText })
export const reasoned = fields({ reason: text })
export const capturing = fields({}, { amount: decimalText })
export const refunding = fields({}, { amount: decimalText, reason: text })
export const rejecting = fields({}, { reason: text })

const credential = { type: 'string', maxLength: 1024 } as const
const filled = oneLine(1024)
const credentials = fields({
  uri: filled,
  hostname: filled,
  port,
  name: credential,
  username: credential,
  password: credential,
})

export const provisioning = fields({ instance: named, service: named, owner: named, credentials })

const terms = { buyer: named, seller: named, amount: decimalText }
const particulars = { currency, plan: text, reference: text, authorize: { enum: [true, false] }, expiresAt: instant }

export const trading = fields(terms, particulars)

/** As many as one request may carry. */
export const MAX_ITEMS = 500
/** Bytes of such a request. */
export const BULK_LIMIT = 512 * 1024

export const bulk = fields({ items: { type: 'array', minItems: 1, maxItems: MAX_ITEMS } })
export const bulkItem = fields(terms, { ...particulars, key })
