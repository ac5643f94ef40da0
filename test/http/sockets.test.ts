import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import t from 'tap'
import type { Outcome } from '../../src/commands/port.js'
import { bearer, createWorld, logOf, story, type World } from './world.js'

const listen = async ({ app }: World): Promise<number> => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address() as AddressInfo
  return address.port
}

/** All that has come back on a connection. */
const received = (socket: Socket): (() => string) => {
  let text = ''
  socket.on('data', (chunk) => {
    text += String(chunk)
  })
  return () => text
}

/** Sends bytes and resolves with all that comes back until the server closes. */
const exchange = async (port: number, ...parts: readonly string[]): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const text = received(socket)
  for (const part of parts) {
    socket.write(part)
    await after(20)
  }
  if (!socket.closed) await once(socket, 'close')
  return text()
}

const request = (more = '') =>
  `PUT /bill/alice/trade HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer('alice')}\r\nContent-Length: 39\r\n${more}\r\n` +
  '{"trade_amount":"1","trade_user":"bob"}'

t.test('closing finishes what was taken, says goodbye on the connection, and takes no more', async (t) => {
  const world = createWorld()
  const event = logOf(story)[3]
  if (event === undefined) throw new Error('no event')
  let finish: (outcome: Outcome) => void = () => {}
  world.outcomes.push(
    new Promise<Outcome>((resolve) => {
      finish = resolve
    }),
  )
  const port = await listen(world)
  const reply = exchange(port, request())
  while (world.asked.length === 0) await after(5)
  const closed = world.app.close()
  await after(20)
  await t.rejects(exchange(port, request()), { code: 'ECONNREFUSED' })
  finish({ kind: 'done', event, replayed: false, standing: null })
  const text = await reply
  t.match(text, /^HTTP\/1\.1 200 OK\r\n/)
  t.match(text, /connection: close/i)
  t.match(text, /\{"code":0,"msg":"ok"\}$/)
  await closed
})

t.test(
  'closing answers all that it took on a connection, says goodbye with the last, and takes nothing behind it',
  async (t) => {
    const world = createWorld()
    const event = logOf(story)[3]
    if (event === undefined) throw new Error('no event')
    const finish: ((outcome: Outcome) => void)[] = []
    for (let n = 0; n < 2; n++) world.outcomes.push(new Promise<Outcome>((resolve) => finish.push(resolve)))
    const socket = connect(await listen(world), '127.0.0.1')
    const text = received(socket)
    socket.write(request() + request())
    while (world.asked.length < 2) await after(5)
    const closed = world.app.close()
    socket.write(request('Idempotency-Key: \u00e9\r\n'))
    await after(50)
    socket.write(request())
    await after(50)
    for (const one of finish) one({ kind: 'done', event, replayed: false, standing: null })
    await once(socket, 'close')
    t.strictSame(text().match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400'])
    t.strictSame(text().match(/^connection: [\w-]+/gim), [
      'connection: keep-alive',
      'connection: keep-alive',
      'connection: close',
    ])
    t.equal(world.asked.length, 2)
    await closed
  },
)

t.test(
  'closing says goodbye also with the reply to a request that no route has, and to one without a token',
  async (t) => {
    for (const url of ['/health', '/nowhere', '/v1/%ff', '/bill/alice/info']) {
      const world = createWorld()
      const port = await listen(world)
      const socket = connect(port, '127.0.0.1')
      const text = received(socket)
      socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET ')
      await after(50)
      const closed = world.app.close()
      socket.write(`${url} HTTP/1.1\r\nHost: x\r\n\r\n`)
      await Promise.all([closed, once(socket, 'close')])
      t.strictSame(
        text()
          .match(/^connection: [\w-]+/gim)
          ?.map((header) => header.toLowerCase()),
        ['connection: keep-alive', 'connection: close'],
      )
    }
  },
)

t.test('a request that hangs does not hold the close for ever', async (t) => {
  const world = createWorld()
  world.outcomes.push(new Promise<Outcome>(() => {}))
  const port = await listen(world)
  const reply = exchange(port, request()).catch(() => 'cut')
  while (world.asked.length === 0) await after(5)
  const begin = Date.now()
  await world.app.close()
  t.ok(Date.now() - begin < 11_000 && Date.now() - begin > 8_000)
  t.notMatch(await reply, /200 OK/)
})

t.test('what is no HTTP behind a whole request takes nothing from its reply', async (t) => {
  const world = createWorld()
  const event = logOf(story)[3]
  if (event === undefined) throw new Error('no event')
  const finished: ((outcome: Outcome) => void)[] = []
  for (let i = 0; i < 2; i += 1) world.outcomes.push(new Promise<Outcome>((resolve) => finished.push(resolve)))
  const port = await listen(world)
  t.teardown(() => world.app.close())
  const both = exchange(port, `${request()}${request()}nonsense\r\n\r\n`, 'more of it')
  while (world.asked.length < 2) await after(5)
  await after(50)
  for (const finish of finished) finish({ kind: 'done', event, replayed: false, standing: null })
  const text = await both
  t.same(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400'])
  t.match(text, /"code":"invalid_http"/)
})

t.test('what is no HTTP is told so, with a code', async (t) => {
  const world = createWorld()
  const port = await listen(world)
  t.teardown(() => world.app.close())
  t.match(await exchange(port, 'nonsense\r\n\r\n'), /^HTTP\/1\.1 400 Bad Request[\s\S]*"code":"invalid_http"/)
  const header = `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`
  t.match(await exchange(port, header), /^HTTP\/1\.1 431 [\s\S]*"code":"headers_too_large"/)
  const both = 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'
  t.match(await exchange(port, `PUT /bill/alice/trade HTTP/1.1\r\nHost: x\r\n${both}\r\n0\r\n\r\n`), /^HTTP\/1\.1 400 /)
  const short = `PUT /bill/alice/trade HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer('alice')}\r\nContent-Length: 90\r\n\r\n{`
  t.match(await exchange(port, short), /^HTTP\/1\.1 408 [\s\S]*"code":"request_timeout"/, 'slow bodies are cut off')
  t.match(await exchange(port, 'GET /health HTTP/1.1\r\n'), /^HTTP\/1\.1 408 /, 'slow headers are cut off')
  const gone = connect(port, '127.0.0.1')
  await once(gone, 'connect')
  gone.write('PUT /bill/alice/trade HTTP/1.1\r\nContent-Le')
  await after(20)
  gone.resetAndDestroy()
  await after(20)
  t.equal(world.asked.length, 0)
})
