import { orNull, type Shape } from './shape.js'

/** Facts of the API of subscriptions: its requests and the shapes of what its replies carry as `data`, in our own words. */
export interface SubscriptionRequest {
  readonly title: string
  /** Without the query, and without the slash at the end. */
  readonly heading: string
  /** Path and query, as the heading has it. */
  readonly url: string
  readonly body?: object
  /** Anyone may ask, without a token. */
  readonly open?: true
  readonly data: Shape
  /** Fields that only our reply has. */
  readonly ours?: readonly string[]
}

/** What must be there before: names that the server gave. For each run of the table its own. */
export interface PreparedSubscriptions {
  /** Of the caller's devices: two to be paid for, one that is paid, two for the cart. */
  readonly wanted: readonly [string, string]
  readonly paid: string
  readonly carted: readonly [string, string]
  /** One that nothing uses, and two for the checkout. */
  readonly promocode: string
  readonly promocodes: readonly [string, string]
  /** Two items of the cart. */
  readonly kept: string
  readonly removed: string
  readonly transaction: string
}

/** Whose token it is. */
export const USER = 'su-org.1592316898'
/** Of the sandbox: a card that can always be charged. */
export const NONCE = 'fake-valid-nonce'

export const ADDRESS = {
  name: 'xxx',
  billing_address: 'somewhere in singapore',
  country: 'Singapore',
  city: 'Singapore',
  postal: '222222',
  region: 'Singapore',
} as const

const times = { createdAt: 'seconds', modifiedAt: 'seconds' } as const
const quotas = { sms: 'decimal', email: 'decimal', notification: 'decimal', storage: 'decimal' } as const
const addon = { _id: 'name', ...times, name: 'name', price: 'decimal', ...quotas } as const
const plan = { ...addon, bt_plan_id: 'name' } as const
const brought = { _id: orNull('hex'), plan, addon_ids: 'names', bt_sub: 'null' } as const
const subscription = {
  _id: 'hex',
  username: 'name',
  deviceid: 'name',
  devicename: 'name',
  status: 'name',
  draft_status: 'boolean',
  current: { ...brought, start: orNull('seconds'), end: orNull('seconds'), ...quotas },
  next: brought,
  draft: orNull(brought),
} as const
const promocode = {
  username: 'name',
  code: 'name',
  expire: 'seconds',
  info: { _id: 'null', ...times, name: 'name', type: 'name', period: 'number', value: 'decimal', remark: 'string' },
} as const
const transaction = {
  _id: 'hex',
  username: 'name',
  ...times,
  start: orNull('seconds'),
  end: orNull('seconds'),
  name: 'name',
  value: 'decimal',
  remark: 'name',
  date: 'seconds',
  status: 'name',
  bt_trans_id: 'name',
} as const
const cartItem = {
  _id: 'hex',
  ...times,
  subscription_id: 'hex',
  plan_id: 'name',
  addon_ids: ['name'],
  promocode: orNull('name'),
} as const

/** The plans of the document are published, and an add-on; the caller has an address. In the order of the document, but that the cart is paid last. */
export const subscriptionRequests = (given: PreparedSubscriptions): readonly SubscriptionRequest[] => [
  { title: 'the plans', heading: 'GET /payment/plan', url: '/payment/plan', open: true, data: [plan] },
  { title: 'a plan', heading: 'GET /payment/plan/:id', url: '/payment/plan/Free', open: true, data: plan },
  {
    title: 'the subscriptions of the caller’s devices',
    heading: 'GET /payment/subscription',
    url: '/payment/subscription',
    data: [subscription],
    ours: ['addon_ids'],
  },
  {
    title: 'a subscription',
    heading: 'GET /payment/subscription/:id',
    url: `/payment/subscription/${given.paid}`,
    data: subscription,
    ours: ['addon_ids'],
  },
  {
    title: 'the promocodes of the caller',
    heading: 'GET /payment/promocode',
    url: '/payment/promocode',
    data: [promocode],
  },
  {
    title: 'a promocode',
    heading: 'GET /payment/promocode/:id',
    url: `/payment/promocode/${given.promocode}`,
    data: promocode,
  },
  {
    title: 'a promocode that is good for a plan',
    heading: 'POST /payment/verify_promocode',
    url: '/payment/verify_promocode',
    body: { promocode: given.promocode, plan_id: 'Enterprise50' },
    data: promocode,
  },
  { title: 'the add-ons', heading: 'GET /payment/addon', url: '/payment/addon', data: [addon] },
  { title: 'an add-on', heading: 'GET /payment/addon/:id', url: '/payment/addon/more-messages', data: addon },
  {
    title: 'what a change of plan costs',
    heading: 'POST /payment/prorate/calc',
    url: '/payment/prorate/calc',
    body: { new_plan_id: 'Enterprise50', old_plan_id: 'Free', promocode: given.promocode },
    data: {
      price: 'decimal',
      total_payable: 'decimal',
      plan_rebate: 'decimal',
      total_discount: 'decimal',
      promo_discount: 'number',
      prorate: 'decimal',
      remaining_days: 'number',
      total_days: 'number',
      gst: 'number',
    },
  },
  { title: 'a client token', heading: 'GET /payment/client_token', url: '/payment/client_token', data: 'name' },
  {
    title: 'a checkout',
    heading: 'POST /payment/checkout',
    url: '/payment/checkout',
    body: {
      items: given.wanted.map((subscription_id, index) => ({
        subscription_id,
        plan_id: 'Enterprise50',
        promocode: given.promocodes[index],
      })),
      nonce: NONCE,
    },
    data: 'true',
  },
  {
    title: 'a plan that is not renewed',
    heading: 'POST /payment/cancel_subscription',
    url: '/payment/cancel_subscription',
    body: { subscription_id: given.paid },
    data: 'true',
  },
  {
    title: 'the billing address',
    heading: 'GET /payment/billing_address',
    url: '/payment/billing_address',
    data: {
      _id: 'hex',
      username: 'name',
      ...times,
      name: 'name',
      billing_address: 'string',
      country: 'name',
      city: 'string',
      postal: 'name',
      region: 'string',
    },
  },
  {
    title: 'another billing address',
    heading: 'POST /payment/billing_address',
    url: '/payment/billing_address',
    body: ADDRESS,
    data: 'true',
  },
  {
    title: 'the payments of some days',
    heading: 'GET /payment/transaction',
    url: '/payment/transaction?start=2019-01-01&end=2099-01-01',
    data: [transaction],
  },
  {
    title: 'a payment',
    heading: 'GET /payment/transaction/:id',
    url: `/payment/transaction/${given.transaction}`,
    data: transaction,
  },
  { title: 'the cart', heading: 'GET /payment/cartitem', url: '/payment/cartitem', data: [cartItem] },
  {
    title: 'an item of the cart',
    heading: 'GET /payment/cartitem/:id',
    url: `/payment/cartitem/${given.kept}`,
    data: cartItem,
  },
  {
    title: 'something put into the cart',
    heading: 'POST /payment/cartitem',
    url: '/payment/cartitem',
    body: { subscription_id: given.carted[1], plan_id: 'Basic10', addon_ids: ['more-messages'] },
    data: cartItem,
  },
  {
    title: 'an item of the cart changed',
    heading: 'PUT /payment/cartitem/:id',
    url: `/payment/cartitem/${given.kept}`,
    body: {
      subscription_id: given.carted[0],
      plan_id: 'Pro30',
      addon_ids: ['more-messages'],
      promocode: given.promocode,
    },
    data: cartItem,
  },
  {
    title: 'an item taken out of the cart',
    heading: 'DELETE /payment/cartitem/:id',
    url: `/payment/cartitem/${given.removed}`,
    data: 'true',
  },
  {
    title: 'all that is in the cart paid',
    heading: 'POST /payment/cart/checkout',
    url: '/payment/cart/checkout',
    body: { nonce: NONCE },
    data: 'true',
  },
]
