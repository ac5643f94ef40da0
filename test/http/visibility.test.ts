import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import type { AnyProjection } from '../../src/follower/projection.js'
import { createVisibility } from '../../src/follower/visibility.js'
import type { Parts } from '../../src/http/parts.js'
import { awaiting } from '../../src/http/position.js'
import type { Surface } from '../../src/http/route.js'
import { writeToken } from '../../src/http/token.js'
import { v1 } from '../../src/http/v1/surface.js'
import { ledger } from '../../src/projections/ledger.js'
import { ViewsUnreachable } from '../../src/views/port.js'
import { admin, bearer, createWorld, logOf, story, viewsOf } from './world.js'

const plans: AnyProjection = { ...ledger, name: 'plans', handles: ['PlanPublished'] }
const both: Surface = { ...v1, views: [ledger, plans] }

/** Views that have come so far. */
const standing = (leaves: Readonly<Record<string, number>>) => {
  const waited: string[] = []
  const shown: string[] = []
  const wait: Parts['visibility']['wait'] = async (name, leaf) => {
    if (leaf >= 0) waited.push(`${name} ${leaf}`)
    return leaf <= (leaves[name] ?? -1)
  }
  const show: Parts['visibility']['show'] = (name, leaf, milliseconds) => {
    if (leaf >= 0) shown.push(`${name} ${leaf}`)
    return wait(name, leaf, milliseconds)
  }
  return { waited, shown, visibility: { reached: (_: string, leaf: number) => leaf === -1, wait, show } }
}

const money = { amount: '1' }
const recharge = { method: 'POST', url: '/v1/accounts/alice/recharges', payload: money } as const

t.test('a write waits for the views that its event changes, and for no other', async (t) => {
  const { waited, shown, visibility } = standing({ ledger: 99 })
  const { app } = createWorld(story, { visibility, offers: [both] })
  const reply = await app.inject({ ...recharge, headers: { authorization: admin() } })
  t.equal(reply.headers['ledger-visible'], undefined)
  t.same([waited, shown], [['ledger 3'], ['ledger 3']])
  const behind = createWorld(story, { ...standing({ plans: 99 }), offers: [both] })
  const late = await behind.app.inject({ ...recharge, headers: { authorization: admin() } })
  t.match([late.statusCode, late.headers['ledger-visible']], [201, 'false'])
})

t.test('a write that names a position waits for all that its API shows', async (t) => {
  const { waited, shown, visibility } = standing({ ledger: 99, plans: 3 })
  const { app } = createWorld(story, { visibility, offers: [both] })
  const at = (leaf: number) =>
    app.inject({ ...recharge, headers: { authorization: admin(), 'ledger-min-position': writeToken('p1', leaf) } })
  t.equal((await at(2)).statusCode, 201)
  t.same(waited, ['ledger 2', 'plans 2', 'ledger 3'])
  t.match((await at(42)).json(), { code: 'position_not_reached' })
  t.same(shown, ['ledger 3'], 'a position that a client names is promised to nobody: the log may not hold it')
})

t.test('a read waits for the view that it reads: until what there was at the start, and what it names', async (t) => {
  const { waited, visibility } = standing({ ledger: 5 })
  const { app } = createWorld(story, { visibility, offers: [both], from: 4 })
  const get = (url: string, query = {}) => app.inject({ url, query, headers: { authorization: bearer('alice') } })
  t.equal((await get('/v1/accounts/alice')).statusCode, 200)
  t.equal((await get('/v1/accounts/alice/entries')).statusCode, 200)
  t.same([...new Set(waited)], ['ledger 4'])
  t.equal((await get('/v1/accounts/alice', { minPosition: writeToken('p1', 5) })).statusCode, 200)
  t.match((await get('/v1/accounts/alice', { minPosition: writeToken('p1', 6) })).json(), {
    code: 'position_not_reached',
  })
})

t.test('each view is waited for until it has come to the event itself', async (t) => {
  const visibility = createVisibility(() => performance.now())
  const read: string[] = []
  const document = async (name: string) => {
    read.push(name)
    return null
  }
  const { views }: Pick<Parts, 'views'> = awaiting({ visibility, views: { ...viewsOf([]), document } }, 5)
  visibility.passed('ledger', 5)
  visibility.passed('coupons', 4)
  const both = [views.document('ledger', 'a'), views.document('coupons', 'a')]
  await setImmediate()
  t.same(read, ['ledger'])
  visibility.passed('coupons', 5)
  await Promise.all(both)
  t.same(read, ['ledger', 'coupons'])
})

t.test('views that were never made say so, and so does a store of views that is away', async (t) => {
  const { visibility } = standing({})
  const views = { ...viewsOf(logOf(story)), checkpoint: async () => null }
  const none = createWorld(story, { visibility, views, from: 4 })
  const asked = { url: '/v1/accounts/alice', headers: { authorization: bearer('alice') } }
  const reply = await none.app.inject(asked)
  t.match(reply, { statusCode: 503, headers: { 'retry-after': '1' } })
  t.match(reply.json(), { code: 'views_not_made', detail: 'The views of ledger are not made yet.' })
  const away = { ...views, checkpoint: () => Promise.reject(new ViewsUnreachable('nobody answers')) }
  t.match((await createWorld(story, { visibility, views: away, from: 4 }).app.inject(asked)).json(), {
    code: 'views_unreachable',
  })
})
