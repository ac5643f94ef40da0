import { type AddressInfo, connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createEndOfTurn } from '../../src/http/turn.js'
import { admin, createWorld, logOf, story, viewsOf } from './world.js'

t.test('all who ask in one turn of the event loop go on in a row, in their order, when it ends', async (t) => {
  const endOfTurn = createEndOfTurn()
  const order: string[] = []
  const one = async (name: string): Promise<void> => {
    order.push(`${name} comes`)
    await endOfTurn()
    order.push(`${name} goes on`)
  }
  const both = [one('first'), one('second')]
  await Promise.resolve()
  t.same(order, ['first comes', 'second comes'])
  await Promise.all(both)
  t.same(order, ['first comes', 'second comes', 'first goes on', 'second goes on'])
})

t.test('the next turn has an end of its own', async (t) => {
  const endOfTurn = createEndOfTurn()
  const first = endOfTurn()
  t.equal(endOfTurn(), first)
  await setImmediate()
  await first
  const second = endOfTurn()
  t.not(second, first)
  await second
})

t.test('reads that come at once are answered in a row, when all of them are there', async (t) => {
  const seen: string[] = []
  const views = viewsOf(logOf(story))
  const { app } = createWorld(story, {
    drawId: () => {
      seen.push('comes')
      return 'an-id'
    },
    views: {
      ...views,
      document: (name, key) => {
        seen.push(key)
        return views.document(name, key)
      },
    },
  })
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const socket = connect({ host: '127.0.0.1', port })
  const asking = (name: string) => `GET /bill/${name} HTTP/1.1\r\nHost: h\r\nAuthorization: ${admin()}\r\n\r\n`
  socket.write(asking('alice') + asking('bob'))
  let replies = ''
  for await (const piece of socket) {
    replies += String(piece)
    if (replies.split('HTTP/1.1 200').length > 2) break
  }
  t.same(seen, ['comes', 'comes', 'alice', 'bob'])
})

t.test('commands of several routes that come at once are decided in the order in which they came', async (t) => {
  const { app, asked } = createWorld()
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const asking = ([method, path, body]: readonly [string, string, string]): string =>
    `${method} ${path} HTTP/1.1\r\nHost: h\r\nAuthorization: ${admin()}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  const requests = [
    ['PUT', '/bill/alice/trade', '{"trade_amount":"1","trade_user":"bob"}'],
    ['PUT', '/bill/alice/recharge', '{"trade_amount":"5"}'],
    ['POST', '/v1/transfers/bulk', '{"items":[{"buyer":"alice","seller":"bob","amount":"2"}]}'],
    ['PUT', '/bill/alice/trade', '{"trade_amount":"3","trade_user":"bob"}'],
  ] as const
  const { port } = app.server.address() as AddressInfo
  const socket = connect({ host: '127.0.0.1', port })
  socket.write(requests.map(asking).join(''))
  let replies = ''
  for await (const piece of socket) {
    replies += String(piece)
    if (replies.split('HTTP/1.1 ').length > requests.length) break
  }
  t.same(
    asked.map(({ name }) => name),
    ['trade', 'recharge', 'trade', 'trade'],
  )
  t.match(
    asked.map(({ input }) => input),
    [{ amount: '1' }, { amount: '5' }, { amount: '2' }, { amount: '3' }],
  )
})
