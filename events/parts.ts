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

/** What is sold or shown under: the id that whoever published it has chosen. */
export const itemId = accountName

/** Of an item of the catalogue: 1 when it is first published, one more with every change. */
export const itemVersion = { type: 'integer', minimum: 1, maximum: 1_000_000 } as const

/** Text of several sentences. */
export const prose = { type: 'string', maxLength: 4096 } as const

/** What a plan or an add-on allows of each, as decimals: messages, e-mails, notifications, gigabytes. */
export const quotas = {
  type: 'object',
  additionalProperties: false,
  properties: { sms: amount, email: amount, notification: amount, storage: amount },
} as const

/** A plan as it was when it was bought, and what it was bought for. Prices are before discounts and tax. */
export const boughtPlan = {
  type: 'object',
  additionalProperties: false,
  required: ['plan', 'planVersion', 'name', 'type', 'price', 'billPeriod', 'description'],
  properties: {
    plan: itemId,
    planVersion: itemVersion,
    name: text,
    type: text,
    level: text,
    price: amount,
    /** As it was published. */
    billPeriod: text,
    description: prose,
    region: itemId,
    /** What runs from now on; left out: the plan is not renewed. */
    subscription: uuid,
    /** Of the subscription: half-open, dates in `zone`. `anchor` is the day it began: month ends are counted from there. */
    period: {
      type: 'object',
      additionalProperties: false,
      required: ['start', 'end', 'anchor', 'unit', 'zone'],
      properties: { start: date, end: date, anchor: date, unit: { enum: ['month', 'year'] }, zone: text },
    },
  },
} as const

/** What makes up a price: charges less rebates and discounts, and tax. Each amount is positive; `item` counts the bought plans from 0. */
export const lines = {
  type: 'array',
  minItems: 1,
  maxItems: 100,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['item', 'plan', 'kind', 'amount'],
    properties: {
      item: { type: 'integer', minimum: 0, maximum: 99 },
      plan: itemId,
      kind: { enum: ['charge', 'rebate', 'discount', 'tax'] },
      amount,
    },
  },
} as const

/** The number of a coupon, which is no secret: its batch, a hyphen and its place in it, from 1. */
export const serial = {
  type: 'string',
  maxLength: 48,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}-[0-9]{1,4}$',
} as const
export const batch = { type: 'string', maxLength: 40, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$' } as const

/** HMAC-SHA-256 of a coupon's code, base64url: the code itself is kept nowhere. */
export const codeHash = { type: 'string', maxLength: 43, pattern: '^[A-Za-z0-9_-]{43}$' } as const

/** What another system calls its own: shown and sent back, never parsed. */
export const reference = { type: 'string', minLength: 1, maxLength: 64 } as const

/** Of a device, as its maker numbers it. */
export const deviceId = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$',
} as const

/** A personal field, encrypted with the key of a person that lies in the store of secrets under this id. Base64url. */
export const sealed = {
  type: 'object',
  additionalProperties: false,
  required: ['personKey', 'sealed'],
  properties: {
    personKey: uuid,
    sealed: { type: 'string', minLength: 1, maxLength: 16_384, pattern: '^[A-Za-z0-9_-]{1,16384}$' },
  },
} as const

/** Per cent, as a decimal. */
export const percent = { type: 'string', maxLength: 9, pattern: '^(0|[1-9][0-9]{0,2})(\\.[0-9]{1,4})?$' } as const

/** The tax that was added, and where. */
export const tax = {
  type: 'object',
  additionalProperties: false,
  required: ['country', 'rate'],
  properties: {
    /** ISO 3166-1 alpha-2. */
    country: { type: 'string', maxLength: 2, pattern: '^[A-Z]{2}$' },
    rate: percent,
  },
} as const

/** A plan as it is bought for a subscription, with its add-ons, and what its price was made of. */
export const soldItem = {
  type: 'object',
  additionalProperties: false,
  required: boughtPlan.required,
  properties: {
    ...boughtPlan.properties,
    /** Of the event that began the subscription; left out: it begins here. */
    subscriptionLeaf: leaf,
    quotas,
    addons: {
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['addon', 'addonVersion', 'name', 'price', 'quotas'],
        properties: { addon: itemId, addonVersion: itemVersion, name: text, price: amount, quotas },
      },
    },
    /** Nothing is paid now: the plan waits until the running period ends. */
    waits: { enum: [true] },
    /** What pays for the period, from its start to its end: after promocodes, before tax, what is left of an earlier plan included. */
    charged: amount,
    /** How the price came of days; left out: a whole period. */
    proration: {
      type: 'object',
      additionalProperties: false,
      required: ['on', 'remainingDays', 'totalDays'],
      properties: {
        /** The day of the change, which is the new plan's. */
        on: date,
        remainingDays: { type: 'integer', minimum: 0, maximum: 400 },
        totalDays: { type: 'integer', minimum: 1, maximum: 400 },
        /** What the earlier plan is worth yet, and of which days. */
        rebate: {
          type: 'object',
          additionalProperties: false,
          required: ['plan', 'charged', 'remainingDays', 'totalDays'],
          properties: {
            plan: itemId,
            charged: amount,
            remainingDays: { type: 'integer', minimum: 0, maximum: 400 },
            totalDays: { type: 'integer', minimum: 1, maximum: 400 },
          },
        },
      },
    },
    /** That lowers the price, for so many periods more. */
    promocode: {
      type: 'object',
      additionalProperties: false,
      required: ['code', 'grantLeaf', 'type', 'value', 'periodsLeft'],
      properties: {
        code: itemId,
        /** Of the event that granted it. */
        grantLeaf: leaf,
        type: { enum: ['percent', 'fixed'] },
        value: amount,
        periodsLeft: { type: 'integer', minimum: 0, maximum: 1200 },
      },
    },
  },
} as const

/** As above, where all of it may be free. */
export const soldLines = { ...lines, minItems: 0, maxItems: 500 } as const

/** What a checkout is for: plans, the next period of one, or money for the balance. */
export const purpose = { enum: ['purchase', 'renewal', 'recharge'] } as const
export const soldItems = { type: 'array', minItems: 0, maxItems: 20, items: soldItem } as const
/** The items of the owner's cart that are bought. */
export const cartItems = { type: 'array', minItems: 1, maxItems: 20, items: uuid } as const
/** The first 24 hex digits of the id of the event that opened it: its id in the subscriptions API. */
export const shownId = { type: 'string', maxLength: 24, pattern: '^[0-9a-f]{24}$' } as const

/** What an item of a cart buys for a subscription: each add-on once, and a promocode of the owner's. */
export const cartItem = {
  subscription: uuid,
  subscriptionHex: shownId,
  plan: itemId,
  addons: { type: 'array', maxItems: 20, items: itemId },
  promocode: itemId,
} as const
