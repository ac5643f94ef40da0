import t from 'tap'
import { surfaces } from '../../src/http/app.js'
import { exemplified } from './examples.js'
import { bearer, createWorld, deviceStory } from './world.js'

/** Who asks, and whether he may read what is alice's. Writing is the rules' affair: http hands it on with the actor. */
const callers = {
  owner: { header: () => bearer('alice'), reads: true, acts: true, admin: false, staff: false },
  'service of the owner': {
    header: () => bearer('shop', { roles: ['service'], accounts: ['alice'] }),
    reads: true,
    acts: true,
    admin: false,
    staff: false,
  },
  'service of another': {
    header: () => bearer('shop', { roles: ['service'], accounts: ['carol'] }),
    reads: false,
    acts: false,
    admin: false,
    staff: false,
  },
  stranger: { header: () => bearer('carol'), reads: false, acts: false, admin: false, staff: false },
  admin: { header: () => bearer('root', { roles: ['admin'] }), reads: true, acts: false, admin: true, staff: true },
  auditor: { header: () => bearer('eve', { roles: ['auditor'] }), reads: true, acts: false, admin: false, staff: true },
  finance: { header: () => bearer('fin', { roles: ['finance'] }), reads: true, acts: false, admin: false, staff: true },
  'a role we do not know': {
    header: () => bearer('mal', { roles: ['Admin', 'root'] }),
    reads: false,
    acts: false,
    admin: false,
    staff: false,
  },
}

t.test('role × route × ownership', async (t) => {
  const world = createWorld(deviceStory)
  let cells = 0
  for (const one of exemplified) {
    for (const [who, { header, reads, acts, admin, staff }] of Object.entries(callers)) {
      const reply = await world.app.inject({
        method: one.route.method,
        url: one.url,
        headers: { authorization: header(), 'content-type': 'application/json' },
        ...(one.body !== undefined && { payload: JSON.stringify(one.body) }),
      })
      const asked = world.asked.splice(0)
      const name = `${who}: ${one.name}`
      if (one.route.kind === 'read') {
        const allowed = one.readers === undefined ? reads || one.owner === null : one.readers === 'anyone' || staff
        const open = one.own ? who === 'owner' : allowed || 'open' in one.route
        const missing = one.own || /\/(?:orders|instances|checkouts)\//.test(one.name)
        t.equal(reply.statusCode, open ? 200 : one.own === 422 ? 422 : missing ? 404 : 403, name)
        t.equal(asked.length, 0)
      } else if (one.route.kind === 'task') {
        t.equal(reply.statusCode, admin ? 409 : 403, name)
        t.equal(asked.length, 0)
      } else {
        t.equal(reply.statusCode < 300, one.secret === undefined || acts || admin, name)
        t.equal(asked.length, 1, name)
        t.equal(asked[0]?.context.actor.acts('alice'), acts, name)
        t.equal(asked[0]?.context.actor.admin, admin, name)
        t.ok(asked.every((one_) => 'commands' in one.route && one.route.commands.includes(one_.name)))
      }
      cells++
    }
  }
  t.comment(`${cells} cells`)
})

t.test('without a token, or with a bad one, nothing but the open routes answers', async (t) => {
  const world = createWorld(deviceStory)
  const [head, payload] = bearer('root', { roles: ['admin'] })
    .slice(7)
    .split('.')
  for (const one of exemplified) {
    for (const authorization of [
      undefined,
      '',
      'x',
      `${head}.${payload}.`,
      `Bearer ${head}.${payload}.AAAA`,
      'Basic eDp5',
    ]) {
      const reply = await world.app.inject({
        method: one.route.method,
        url: one.url,
        headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
        ...(one.body !== undefined && { payload: JSON.stringify(one.body) }),
      })
      t.equal(reply.statusCode, 'open' in one.route ? 200 : 401, one.name)
      if (reply.statusCode === 401) t.equal(reply.headers['www-authenticate'], 'Bearer')
    }
  }
  t.equal(world.asked.length, 0)
})

t.test('which surface offers which command', async (t) => {
  const offered = surfaces.map(({ name, routes }) => [
    name,
    [...new Set(routes.flatMap((route) => ('commands' in route ? route.commands : [])))].sort(),
  ])
  t.strictSame(offered, [
    [
      'bill',
      [
        'approve-refund',
        'authorize',
        'capture',
        'recharge',
        'reject-refund',
        'request-refund',
        'trade',
        'void',
        'withdraw-refund',
      ],
    ],
    ['payment', ['checkout', 'fetch-credentials', 'recharge', 'redeem']],
    [
      'subscription',
      [
        'add-cart-item',
        'buy',
        'cancel-subscription',
        'change-cart-item',
        'change-customer',
        'remove-cart-item',
        'start-checkout',
      ],
    ],
    [
      'v1',
      [
        'add-cart-item',
        'adjust',
        'approve-refund',
        'authorize',
        'buy',
        'cancel-subscription',
        'capture',
        'change-cart-item',
        'change-customer',
        'change-item',
        'checkout',
        'close-subscription',
        'credit-limit',
        'deprovision',
        'erase-person',
        'freeze',
        'grant-promocode',
        'issue-coupons',
        'open',
        'open-subscription',
        'payment-returned',
        'provision',
        'publish-item',
        'recharge',
        'refund-purchase',
        'reject-refund',
        'remove-cart-item',
        'report-usage',
        'request-refund',
        'retire-item',
        'reverse-recharge',
        'start-checkout',
        'start-recharge',
        'trade',
        'unfreeze',
        'void',
        'withdraw',
        'withdraw-refund',
      ],
    ],
  ])
})
