import t from 'tap'
import { startDouble } from '../support/eventstoredb/double.js'
import { type Ask, folder, type Reply, ready, type Serving, serve, serveAt, until } from '../support/serving.js'

const DAY = 24 * 3600 * 1000

const recharge = (ask: Ask, amount: string): Promise<Reply> => ask('POST', '/v1/accounts/alice/recharges', { amount })

const actual = async (ask: Ask): Promise<unknown> => JSON.parse((await ask('GET', '/v1/accounts/alice')).text).actual

/** What the operator was told, but that the gateway charges nobody. */
const linesOf = async ({ said }: Pick<Serving, 'said'>): Promise<readonly string[]> =>
  (await said())
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('NO CARD IS REALLY CHARGED'))

const clockTrouble = async (ask: Ask): Promise<object> => {
  const { status, text } = await ask('GET', '/ready')
  const events: object = JSON.parse(text).parts.find(({ name }: { name: string }) => name === 'events')
  return { status, ...events }
}

t.test(
  'a process whose clock is wrong refuses writes and says so, reads on, and goes on when it is right',
  async (t) => {
    const double = await startDouble({ directory: folder(t) })
    t.teardown(() => double.stop())
    const settings = { COUNTERFOIL_EVENTS: double.connectionString }
    const server = await serve(t, folder(t), { settings })
    const { ask } = server
    await ready(ask)
    t.equal((await ask('POST', '/v1/accounts', { name: 'alice' })).status, 201)
    t.equal((await recharge(ask, '1')).status, 201)

    const refuses = async (ask: Ask, detail: string): Promise<void> => {
      const reply = await recharge(ask, '1000')
      t.equal(reply.status, 503)
      t.match(JSON.parse(reply.text), { code: 'clock', detail })
      t.match(reply.headers.get('retry-after'), /^[1-9]\d*$/)
      t.strictSame(await clockTrouble(ask), { status: 503, name: 'events', ready: false, code: 'clock', detail })
      const bill = await ask('PUT', '/bill/alice/recharge', { trade_amount: '1000' })
      t.equal(bill.status, 503)
      t.equal((await ask('GET', '/v1/accounts/alice')).status, 200)
      t.equal((await ask('GET', '/v1/accounts/alice/entries')).status, 200)
      t.equal((await ask('GET', '/bill/alice/info')).status, 200)
    }
    const takesAgain = async (ask: Ask, amount: string): Promise<void> => {
      await ready(ask)
      t.equal((await recharge(ask, amount)).status, 201)
    }

    await t.test('a jump by more than a day is noticed by the next write', async () => {
      await double.fault({ kind: 'clock', milliseconds: 400 * DAY })
      await refuses(ask, "our clock is more than a day behind the event store's; set both right")
      await double.fault({ kind: 'clock', milliseconds: 0 })
      await takesAgain(ask, '2')
    })

    for (const [milliseconds, detail] of [
      [-60_000, "our clock is 60 s ahead of the event store's; set both right"],
      [3600_000, "our clock is 3600 s behind the event store's; set both right"],
      [400 * DAY, "our clock is more than a day behind the event store's; set both right"],
    ] as const) {
      await t.test(`a start when ${detail.replace(/;.*/, '')}`, async (t) => {
        await double.fault({ kind: 'clock', milliseconds })
        const late = await serve(t, folder(t), { settings })
        const read = () => late.ask('GET', '/v1/accounts/alice')
        await until(read, ({ status }) => status === 200)
        await refuses(late.ask, detail)
        await double.fault({ kind: 'clock', milliseconds: 0 })
        await takesAgain(late.ask, '4')
        await late.server.close()
        t.match(await linesOf(late), [`clock: ${detail}`, 'the clock is right again'])
      })
    }

    t.equal(await actual(ask), '15.00', 'nothing of what was refused is there')
    await server.server.close()
    t.match(await linesOf(server), [/^clock: our clock is more than a day behind/, 'the clock is right again'])
  },
)

t.test('two processes whose clocks are each near the store’s both take writes', async (t) => {
  const double = await startDouble({ directory: folder(t) })
  t.teardown(() => double.stop())
  const settings = { COUNTERFOIL_EVENTS: double.connectionString }
  const fast = await serveAt(t, folder(t), () => Date.now() + 4_500, settings)
  const slow = await serveAt(t, folder(t), () => Date.now() - 4_500, settings)
  await Promise.all([ready(fast.ask), ready(slow.ask)])
  t.equal((await fast.ask('POST', '/v1/accounts', { name: 'alice' })).status, 201)
  t.equal((await recharge(slow.ask, '1')).status, 201)
  await ready(slow.ask)
  await Promise.all([fast.server.close(), slow.server.close()])
})
