import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { coupons } from '../../support/coupons.js'
import { admin, bearer, createWorld, issued, logOf, redeemed, story } from '../world.js'

const body = { batch: 'spring', count: 2, amount: '10', expiresAt: '2026-12-31T16:00:00.000Z' }

const issue = (world: ReturnType<typeof createWorld>, payload: object | string = body, accept = '*/*') =>
  world.app.inject({
    method: 'POST',
    url: '/v1/coupon-batches',
    headers: { authorization: admin(), 'content-type': 'application/json', accept },
    payload,
  })

t.test('issuing asks with what the client wrote, and replies the codes', async (t) => {
  const world = createWorld()
  const reply = await issue(world)
  t.equal(reply.statusCode, 201)
  t.strictSame(world.asked[0]?.input, body)
  t.strictSame(reply.json(), {
    type: 'CouponsIssued',
    leaf: 0,
    recordedAt: '2026-02-01T00:00:00.000Z',
    amount: '10.50',
    batch: 'spring',
    coupons: [{ serial: 'spring-1', code: coupons.codeOf('spring-1') }],
    currency: 'EUR',
    expiresAt: '2026-12-31T16:00:00.000Z',
  })
  await issue(world, { ...body, currency: 'USD' })
  t.strictSame(world.asked[1]?.input, { ...body, currency: 'USD' })
})

t.test('a count is a whole number from 1 to 1,000', async (t) => {
  const world = createWorld()
  for (const count of ['0', '1001', '-1', '1.5', '1e2', '"2"', 'null', '12345678901234567890', '01']) {
    const reply = await issue(world, JSON.stringify(body).replace('"count":2', `"count":${count}`))
    t.match(reply.json(), { status: 400 }, count)
  }
  t.equal(world.asked.length, 0)
  for (const count of [1, 1000]) t.equal((await issue(world, { ...body, count })).statusCode, 201)
})

const manyOf = (batch: string, count: number): Fact => ({
  type: 'CouponsIssued',
  data: {
    batch,
    amount: '10.50',
    currency: 'EUR',
    expiresAt: '2026-12-31T16:00:00.000Z',
    coupons: Array.from({ length: count }, (_, index) => {
      const serial = `${batch}-${index + 1}`
      return { serial, codeHash: coupons.hashOf(coupons.codeOf(serial)) }
    }),
  },
})

t.test('who asks for CSV gets a file that no spreadsheet misreads', async (t) => {
  const world = createWorld()
  for (const accept of ['text/csv', 'text/csv; charset=utf-8', 'text/csv, application/json;q=0.5']) {
    const [event] = logOf([manyOf('0-x_y.z', 1000)])
    if (event === undefined) return
    world.outcomes.push({ kind: 'done', event, replayed: false, standing: null })
    const reply = await issue(world, body, accept)
    t.equal(reply.statusCode, 201)
    t.equal(reply.headers['content-type'], 'text/csv; charset=utf-8')
    t.equal(reply.headers['cache-control'], 'no-store')
    const [head, ...rows] = reply.body.split('\r\n')
    t.equal(head, 'serial,code,amount,currency,expires_at')
    t.equal(rows.pop(), '', 'each line ends')
    t.equal(rows.length, 1000)
    t.equal(rows[999], `0-x_y.z-1000,${coupons.codeOf('0-x_y.z-1000')},10.50,EUR,2026-12-31T16:00:00.000Z`)
    const cells = rows.flatMap((row) => row.split(','))
    t.equal(cells.length, 5000)
    t.ok(cells.every((cell) => /^[A-Za-z0-9][A-Za-z0-9._:-]*$/.test(cell)))
  }
  for (const accept of ['application/json', 'text/csvx', 'application/json, text/csv']) {
    t.match((await issue(world, body, accept)).headers['content-type'], /json/)
  }
})

t.test('how many of a batch are redeemed is shown to who reads all', async (t) => {
  const get = (world: ReturnType<typeof createWorld>, batch: string, authorization = admin()) =>
    world.app.inject({ method: 'GET', url: `/v1/coupon-batches/${batch}`, headers: { authorization } })
  const terms = { batch: 'spring', amount: '10.50', currency: 'EUR', expiresAt: '2026-12-31T16:00:00.000Z', count: 1 }
  t.strictSame((await get(createWorld(), 'spring')).json(), { ...terms, redeemed: 0 })
  const world = createWorld([...story, redeemed])
  t.strictSame((await get(world, 'spring')).json(), { ...terms, redeemed: 1 })
  t.match((await get(world, 'autumn')).json(), { status: 404, code: 'batch_not_found' })
  t.match((await get(world, 'autumn', bearer('alice'))).json(), { status: 403, code: 'forbidden' })
})

t.test('an event that is none of its own is our fault', async (t) => {
  const world = createWorld()
  const [event] = logOf([redeemed])
  if (event === undefined) return
  for (const accept of ['text/csv', '*/*']) {
    world.outcomes.push({ kind: 'done', event, replayed: false, standing: null })
    t.equal((await issue(world, body, accept)).statusCode, 500)
  }
  t.equal(issued.type, 'CouponsIssued')
})
