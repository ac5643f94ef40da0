import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { load } from '../../bench/support/load.js'
import { latencyOf } from '../../bench/support/measure.js'

/** A server of one port; `reply` is called with the text of each request. */
const listen = async (t: Test, reply: (socket: Socket, text: string) => void): Promise<string> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => reply(socket, chunk.toString('latin1')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
}

const trades = {
  kind: 'trade',
  buyers: [
    { name: 'ann', token: 'token-of-ann' },
    { name: 'ben', token: 'token-of-ben' },
  ],
  sellers: ['shop'],
  amount: '1.00',
  keyPrefix: 'run',
  seed: 7,
} as const

const measured = { workload: trades, connections: 2, warmupSeconds: 0, seconds: 0.3 }

t.test('the acknowledged keys are those the server said yes to, each once', async (t) => {
  const file = join(t.testdir(), 'acknowledged')
  const yes: string[] = []
  let count = 0
  const url = await listen(t, (socket, text) => {
    const refused = count++ % 3 === 0
    if (!refused) yes.push(/idempotency-key: (\S+)/.exec(text)?.[1] ?? '')
    socket.write(`HTTP/1.1 ${refused ? '409 Conflict' : '200 OK'}\r\ncontent-length: 2\r\n\r\n{}`)
  })
  const result = await load({ ...measured, url, acknowledged: file })
  const keys = readFileSync(file, 'utf8').trim().split('\n')
  t.same(keys.toSorted(), yes.toSorted())
  t.equal(new Set(keys).size, keys.length)
  t.same(result.statuses, { 200: yes.length, 409: count - yes.length })
})

t.test('a buyer asks with his own token, and the body is as long as it says', async (t) => {
  const wrong: string[] = []
  const url = await listen(t, (socket, text) => {
    const parts =
      /^PUT \/bill\/(\w+)\/trade [\s\S]*authorization: token-of-(\w+)\r\n[\s\S]*content-length: (\d+)\r\n[\s\S]*\r\n\r\n(.*)$/
    const [, buyer, token, length, body] = parts.exec(text) ?? []
    if (buyer === undefined || buyer !== token || Number(length) !== body?.length) wrong.push(text)
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
  })
  const result = await load({ ...measured, url })
  t.same(wrong, [])
  t.ok((result.statuses[200] ?? 0) > 10)
})

t.test('a reply that comes in pieces is one reply', async (t) => {
  const url = await listen(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-le')
    setTimeout(() => {
      socket.write('ngth: 4\r\n\r\nab')
      setTimeout(() => socket.write('cd'), 2)
    }, 1)
  })
  const result = await load({ ...measured, url })
  t.same(Object.keys(result.statuses), ['200'])
})

t.test('in an open loop a stalled server makes every request late that fell due meanwhile', async (t) => {
  let stall = 300
  const url = await listen(t, (socket) => {
    setTimeout(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), stall)
    stall = 0
  })
  const result = await load({ ...measured, url, connections: 1, seconds: 1, rate: 200 })
  t.ok(result.latency.p90 > 100, JSON.stringify(result.latency))
  const asked = result.statuses[200] ?? 0
  t.ok(
    asked >= 190 && asked <= 200,
    `${asked} of the 200 that fell due in a second, the last of them perhaps not any more`,
  )
})

t.test('a broken connection counts as unknown', async (t) => {
  const url = await listen(t, (socket) => socket.destroy())
  t.same((await load({ ...measured, url })).statuses, { 0: 2 })
})

t.test('percentiles are samples, not guesses', async (t) => {
  const latency = latencyOf(Array.from({ length: 1000 }, (_, index) => 1000 - index))
  t.same(latency, { p50: 500, p90: 900, p99: 990, p999: 999, max: 1000 })
})
