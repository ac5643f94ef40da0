import type { Shape } from './shape.js'

/** Facts of the payment and integration API: its requests and the shapes of its replies, in our own words. */
export interface PaymentRequest {
  readonly title: string
  /** As the document has it, without its query. */
  readonly heading: string
  /** Path and query. */
  readonly url: string
  /** JSON text, sent as `curl -d` sends it. */
  readonly body?: string
  /** Subject of the token; `null`: none is needed. */
  readonly user: string | null
  readonly roles?: readonly string[]
  readonly reply: Shape
  /** Fields of the reply that are ours alone. */
  readonly ours?: readonly string[]
}

/** What must be there before: names that the server gave. */
export interface Prepared {
  /** Two that nobody has redeemed: one for each run of the table. */
  readonly coupon: { readonly serial: string; readonly code: string }
  readonly instance: string
  /** A movement of the account `hello`. */
  readonly movement: string
}

const balance = { balance: 'number', status: 'string' } as const
const movement = {
  trans_id: 'string',
  creation_time: 'zoned',
  amount: 'number',
  description: 'name',
  payment_method: 'name',
  status: 'name',
  direction: 'name',
} as const
const admin = { user: 'admin', roles: ['admin'] } as const

/** `hello-org` has bought a plan, `hello` has movements, `chaizs` has money; the demo catalogue is published. */
export const paymentRequests = ({ coupon, instance, movement: tid }: Prepared): readonly PaymentRequest[] => [
  {
    title: 'what an organisation has bought in a region',
    heading: 'GET /payment/v1/account',
    url: '/payment/v1/account?namespace=hello-org&region=cn-north-1',
    user: 'hello-org',
    reply: {
      purchased: 'boolean',
      notification: 'boolean',
      plans: [{ plan_id: 'name', type: 'name', price: 'number', bill_period: 'name', description: 'string' }],
      status: 'string',
      balance: { balance: 'number' },
    },
  },
  {
    title: 'the plans of a type that a region sells',
    heading: 'GET /payment/v1/market',
    url: '/payment/v1/market?region=aws&type=c',
    user: null,
    reply: {
      plans: [
        {
          plan_id: 'name',
          type: 'name',
          price: 'number',
          'level?': 'string',
          'name?': 'string',
          bill_period: 'name',
          description: 'string',
          creation_time: 'zoned',
        },
      ],
    },
  },
  {
    title: 'a plan bought from the balance',
    heading: 'POST /payment/v1/checkout',
    url: '/payment/v1/checkout',
    body: '{"plan_id":"zwwqe","namespace":"chaizs","region":"cn-north-1"}',
    user: 'chaizs',
    reply: balance,
  },
  {
    title: 'a recharge',
    heading: 'POST /payment/v1/recharge',
    url: '/payment/v1/recharge',
    body: '{"amount":1234.34,"namespace":"chaizs"}',
    ...admin,
    reply: balance,
  },
  {
    title: 'the movements of an account',
    heading: 'GET /payment/v1/amounts',
    url: '/payment/v1/amounts?namespace=hello',
    user: 'hello',
    reply: [movement],
    ours: ['direction'],
  },
  {
    title: 'one movement',
    heading: 'GET /payment/v1/amounts/:tid',
    url: `/payment/v1/amounts/${tid}?namespace=hello`,
    user: 'hello',
    reply: movement,
    ours: ['direction'],
  },
  {
    title: 'a balance',
    heading: 'GET /payment/v1/balance',
    url: '/payment/v1/balance?namespace=hello',
    user: 'hello',
    reply: balance,
  },
  {
    title: 'the regions',
    heading: 'GET /payment/v1/regions',
    url: '/payment/v1/regions',
    user: null,
    reply: [{ identification: 'name', region_describe: 'string' }],
  },
  {
    title: 'a coupon by its code',
    heading: 'GET /payment/v1/coupon/:couponcode',
    url: `/payment/v1/coupon/${coupon.code}`,
    user: 'chaizs',
    reply: { serial: 'name', amount: 'number', expire_on: 'utc', status: 'name' },
  },
  {
    title: 'a coupon redeemed',
    heading: 'POST /payment/v1/redeem',
    url: '/payment/v1/redeem',
    body: JSON.stringify({ ...coupon, namespace: 'chaizs', region: 'cn-north-1' }),
    user: 'chaizs',
    reply: { amount: 'number', namespace: 'name', region: 'name' },
  },
  {
    title: 'the repositories',
    heading: 'GET /integration/v1/repos',
    url: '/integration/v1/repos',
    user: 'hello',
    reply: [{ repo_name: 'name', class: 'string', label: 'string', description: 'string', image_url: 'string' }],
  },
  {
    title: 'a repository with its items',
    heading: 'GET /integration/v1/repos/:repo',
    url: '/integration/v1/repos/repo_aaa',
    user: 'hello',
    reply: {
      repo_name: 'name',
      description: 'string',
      owner: 'string',
      items: [{ item_name: 'name', url: 'string' }],
    },
  },
  {
    title: 'an item with its attributes',
    heading: 'GET /integration/v1/repos/:repo/items/:item',
    url: '/integration/v1/repos/repo_aaa/items/item_1',
    user: 'hello',
    reply: {
      item_name: 'name',
      url: 'string',
      update_at: 'utc',
      owner: 'string',
      attrs: [{ attr_name: 'name', comment: 'string', example: 'string', order: 'number' }],
    },
  },
  {
    title: 'the services',
    heading: 'GET /integration/v1/services',
    url: '/integration/v1/services',
    user: 'hello',
    reply: [
      {
        service_id: 'name',
        class: 'string',
        provider: 'string',
        service_name: 'string',
        description: 'string',
        image_url: 'string',
      },
    ],
  },
  {
    title: 'the credentials of an instance',
    heading: 'POST /integration/v1/instance/:instance_id',
    url: `/integration/v1/instance/${instance}`,
    user: 'hello',
    reply: { uri: 'name', hostname: 'name', port: 'name', name: 'name', username: 'name', password: 'name' },
  },
]
