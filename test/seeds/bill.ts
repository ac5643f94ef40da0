import type { Shape } from './shape.js'

/** Facts of the bill API: its requests and the shapes of its replies, in our own words. */
export interface SeedRequest {
  readonly title: string
  /** As the document's heading has it. */
  readonly heading: string
  readonly method: 'GET' | 'PUT'
  readonly path: string
  /** Subject of the token and value of USER. */
  readonly user: string
  readonly roles: readonly string[]
  readonly body?: Readonly<Record<string, string>>
  readonly reply: Shape
}

const ok = { code: 'number', msg: 'string' } as const
const admin = { user: 'admin', roles: ['admin'] } as const

/** `foo` and `user1` have accounts; `foo` has money, and an order of user1's whose refund is under review, named by `order`. */
export const billRequests = (order: string): readonly SeedRequest[] => [
  {
    title: 'the balance of an account',
    heading: 'GET /bill/:loginname/info',
    method: 'GET',
    path: '/bill/foo/info',
    user: 'foo',
    roles: [],
    reply: { data: { actual_balance: 'number', available_balance: 'number', credit_limit: 'number' }, ...ok },
  },
  {
    title: 'the lines of a bill, filtered by a body',
    heading: 'GET /bill/:loginname/detail',
    method: 'GET',
    path: '/bill/foo/detail',
    user: 'foo',
    roles: [],
    body: { start_time: '2015-09-02', end_time: '2999-10-01', trade_type: '1', status: '2' },
    reply: {
      data: [
        {
          order_id: 'number',
          plan_id: 'string',
          trade_time: 'date',
          trade_type: 'number',
          status: 'number',
          trade_user: 'name',
          trade_amount: 'number',
        },
      ],
      ...ok,
    },
  },
  {
    title: 'a recharge',
    heading: 'PUT /bill/:loginname/recharge',
    method: 'PUT',
    path: '/bill/foo/recharge',
    ...admin,
    body: { trade_amount: '100' },
    reply: ok,
  },
  {
    title: 'a trade',
    heading: 'PUT /bill/:loginname/trade',
    method: 'PUT',
    path: '/bill/foo/trade',
    ...admin,
    body: { trade_amount: '100', trade_user: 'user1' },
    reply: ok,
  },
  {
    title: 'an order cancelled',
    heading: 'PUT /bill/:loginname/cancel',
    method: 'PUT',
    path: '/bill/foo/cancel',
    ...admin,
    body: { order_id: order },
    reply: ok,
  },
  {
    title: 'a refund approved',
    heading: 'PUT /bill/:loginname/status',
    method: 'PUT',
    path: '/bill/foo/status',
    ...admin,
    body: { order_id: order, status: '4' },
    reply: ok,
  },
]
