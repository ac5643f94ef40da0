import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { published } from '../../support/facts.js'
import { bearer, createWorld } from '../world.js'

const asking = (facts: readonly Fact[]) => {
  const { app } = createWorld(facts)
  return (url: string, authorization: string | null = bearer('carol')) =>
    app.inject({ url, headers: authorization === null ? {} : { authorization } })
}

const free = { sms: '0', email: '30', notification: '100', storage: '0.05' }
const plans: readonly Fact[] = [
  published('Free', '0.00', { name: 'PlanA', quotas: free }),
  published('Pro30', '30.00', { name: 'PlanC', quotas: { email: '1000' } }),
  published('once', '5.00', { name: 'Once', billPeriod: 'once' }),
  published('gone', '1.00'),
  { type: 'CatalogueItemRetired', data: { kind: 'plan', id: 'gone', itemVersion: 1, itemLeaf: 3 } },
  published('Pro30', '31.00', { name: 'PlanC', itemVersion: 2, itemLeaf: 1, quotas: { email: '1000', sms: '2' } }),
]

const planA = {
  _id: 'Free',
  createdAt: '1769904000',
  modifiedAt: '1769904000',
  sms: '0',
  email: '30',
  notification: '100',
  storage: '0.05',
  name: 'PlanA',
  price: '0.00',
  bt_plan_id: 'Free',
}
const planC = {
  _id: 'Pro30',
  createdAt: '1769907600',
  modifiedAt: '1769922000',
  sms: '2',
  email: '1000',
  notification: '0',
  storage: '0',
  name: 'PlanC',
  price: '31.00',
  bt_plan_id: 'Pro30',
}

t.test('anyone sees every plan on sale, those without quotas too, each at its newest version', async (t) => {
  const ask = asking(plans)
  for (const url of ['/payment/plan/', '/payment/plan']) {
    const reply = await ask(url, null)
    t.equal(reply.statusCode, 200)
    const { data, ...envelope } = reply.json()
    t.strictSame(envelope, { status: 'OK', message: '' })
    t.strictSame(data.slice(0, 2), [planA, planC])
    t.match(data[2], { _id: 'once', sms: '0', email: '0', notification: '0', storage: '0', price: '5.00' })
    t.equal(data.length, 3)
  }
})

t.test('one plan by its id; one that is retired, or was never there, is not found', async (t) => {
  const ask = asking(plans)
  t.strictSame((await ask('/payment/plan/Pro30/', null)).json(), { status: 'OK', message: '', data: planC })
  t.strictSame((await ask('/payment/plan/Free', null)).json().data, planA)
  for (const id of ['gone', 'pro30']) {
    const reply = await ask(`/payment/plan/${id}/`, null)
    t.equal(reply.statusCode, 404)
    t.match(reply.json(), { status: 'ERROR', message: /^plan_not_found: .*\. List the plans/, data: null })
  }
})

t.test('a long list comes in parts, none of them cut silently', async (t) => {
  const ask = asking(Array.from({ length: 1_001 }, (_, n) => published(`p${n}`, '1.00')))
  const first = await ask('/payment/plan/', null)
  t.equal(first.json().data.length, 1_000)
  const [, next = ''] = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link)) ?? []
  t.match(next, /^\/payment\/plan\/\?cursor=/)
  t.strictSame(
    (await ask(next, null)).json().data.map(({ _id }: { _id: string }) => _id),
    ['p1000'],
  )
  t.equal((await ask('/payment/plan/?limit=3', null)).json().data.length, 3)
})

t.test('add-ons are for whoever has a token', async (t) => {
  const ask = asking([
    {
      type: 'AddonPublished',
      data: { addon: 'more', itemVersion: 1, name: 'More', price: '1.50', currency: 'EUR', quotas: { sms: '10' } },
    },
  ])
  const more = {
    _id: 'more',
    createdAt: '1769904000',
    modifiedAt: '1769904000',
    sms: '10',
    email: '0',
    notification: '0',
    storage: '0',
    name: 'More',
    price: '1.50',
  }
  t.strictSame((await ask('/payment/addon/')).json(), { status: 'OK', message: '', data: [more] })
  t.strictSame((await ask('/payment/addon/more')).json(), { status: 'OK', message: '', data: more })
  t.equal((await ask('/payment/addon/less/')).statusCode, 404)
  t.equal((await ask('/payment/addon/', null)).statusCode, 401)
  t.equal((await ask('/payment/addon/more/', null)).statusCode, 401)
})
