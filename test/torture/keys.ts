import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ask, Client, codeOf, type Reply } from './support/client.js'
import { Log } from './support/log.js'
import { type Result, timesOf, type Wish } from './support/result.js'
import { launch, type Running, tokenOf } from './support/server.js'

const PARALLEL = 100

interface Case {
  readonly name: string
  readonly ask: Ask
  /** Left out: the operation has no other body that is well-formed. */
  readonly otherBody?: object
}

/** One key, however it is used: one effect, one reply. `times`: rounds. */
export const keys = async (wish: Wish): Promise<Result> => {
  const rounds = timesOf(wish, { short: 2, long: 25 })
  const data = mkdtempSync(join(tmpdir(), 'counterfoil-keys-'))
  const log = new Log(join(data, 'events.db'))
  const admin = tokenOf('operator', ['admin'])
  const violations: string[] = []
  const first = new Map<Ask, Reply>()
  const others = new Map<Ask, object>()
  let server: Running = launch({ data })
  let client = new Client(await server.address)
  let requests = 0

  const wrong = (text: string): number => violations.push(text)
  const many = (count: number, ask: (index: number) => Ask): Promise<readonly Reply[]> => {
    requests += count
    return Promise.all(Array.from({ length: count }, (_, index) => client.ask(ask(index))))
  }
  const events = (key: string): number => {
    log.read()
    return log.byKey.get(key)?.length ?? 0
  }
  const ok = async (ask: Ask): Promise<Reply> => {
    const reply = await client.ask(ask)
    if (reply.status >= 300 || reply.status === 0) wrong(`${ask.method} ${ask.path}: ${reply.status} ${reply.text}`)
    return reply
  }
  const recharge = (name: string, amount: string, key?: string): Ask => ({
    method: 'PUT',
    path: `/bill/${name}/recharge`,
    token: admin,
    body: { trade_amount: amount },
    ...(key !== undefined && { key }),
  })
  const trade = (buyer: string, amount: string, key: string): Ask => ({
    method: 'POST',
    path: '/v1/transfers',
    token: admin,
    body: { buyer, seller: 'shop', amount },
    key,
  })

  const cases = async (round: number): Promise<readonly Case[]> => {
    const order = JSON.parse((await ok(trade('ann', '1.00', `order-${round}`))).text).order
    const cancelled = JSON.parse((await ok(trade('ann', '1.00', `cancelled-${round}`))).text).order
    await ok({ method: 'PUT', path: '/bill/ann/cancel', token: admin, body: { order_id: cancelled } })
    const put = (path: string, body: object, key: string): Ask => ({ method: 'PUT', path, token: admin, body, key })
    return [
      {
        name: 'a transfer',
        ask: trade('ann', '0.10', `v1-${round}`),
        otherBody: { buyer: 'ann', seller: 'shop', amount: '0.11' },
      },
      {
        name: 'a bill trade',
        ask: put('/bill/ann/trade', { trade_amount: '0.10', trade_user: 'shop' }, `bill-${round}`),
        otherBody: { trade_amount: '0.10', trade_user: 'ben' },
      },
      { name: 'a recharge', ask: recharge('ben', '5', `in-${round}`), otherBody: { trade_amount: '6' } },
      {
        name: 'a cancel',
        ask: put('/bill/ann/cancel', { order_id: order }, `cancel-${round}`),
      },
      {
        name: 'an approval',
        ask: put('/bill/shop/status', { order_id: cancelled, status: '4' }, `approve-${round}`),
      },
    ]
  }

  const together = async ({ name, ask, otherBody }: Case): Promise<void> => {
    const key = ask.key ?? ''
    const replies = await many(PARALLEL, () => ask)
    const [one] = replies
    if (one === undefined) return
    const fresh = replies.filter(({ replayed }) => !replayed).length
    const odd = replies.find(({ status, text }) => status !== one.status || text !== one.text || status >= 300)
    if (odd !== undefined) wrong(`${name} ${key}: ${odd.status} ${odd.text} beside ${one.status} ${one.text}`)
    if (fresh !== 1) wrong(`${name} ${key}: ${fresh} of ${PARALLEL} replies are not marked as repeated`)
    const positions = new Set(replies.map(({ position }) => position))
    if (positions.size !== 1) wrong(`${name} ${key}: ${positions.size} different positions`)
    if (events(key) !== 1) wrong(`${name} ${key}: ${events(key)} events`)
    first.set(ask, one)
    if (otherBody === undefined) return
    others.set(ask, otherBody)
    for (const reply of await many(10, () => ({ ...ask, body: otherBody }))) {
      if (reply.status !== 422) wrong(`${name} ${key} with another body: ${reply.status} ${reply.text}`)
    }
    if (events(key) !== 1) wrong(`${name} ${key}: ${events(key)} events after another body`)
  }

  /** Two bodies race for a new key: one wins all its requests, the other gets 422 for all. */
  const race = async (round: number): Promise<void> => {
    const key = `race-${round}`
    const amounts = ['0.20', '0.21']
    const replies = await many(PARALLEL, (index) => trade('ann', amounts[index % 2] ?? '', key))
    const winners = new Set(replies.flatMap(({ status }, index) => (status === 201 ? [index % 2] : [])))
    const others = replies.filter(({ status }) => status !== 201 && status !== 422)
    const good = replies.filter(({ status }) => status === 201).length
    if (winners.size !== 1 || good !== PARALLEL / 2 || others.length > 0 || events(key) !== 1) {
      wrong(`${key}: ${good} succeeded for ${winners.size} bodies, ${events(key)} events, ${others[0]?.text ?? ''}`)
    }
  }

  /** A refusal is not kept: the key may succeed later. */
  const refusedFirst = async (round: number): Promise<void> => {
    const key = `late-${round}`
    const poor = `poor${round}`
    await ok(recharge(poor, '1'))
    const ask = trade(poor, '2.00', key)
    for (const { status, text } of await many(10, () => ask)) if (status !== 402) wrong(`${key}: ${status} ${text}`)
    await ok(recharge(poor, '1'))
    const replies = await many(PARALLEL, () => ask)
    const fresh = replies.filter(({ status, replayed }) => status === 201 && !replayed).length
    const done = replies.filter(({ status }) => status === 201).length
    if (fresh !== 1 || done !== PARALLEL || events(key) !== 1) wrong(`${key}: ${done} done, ${fresh} fresh`)
    first.set(ask, replies[0] ?? { status: 0, text: '', replayed: false, visible: false, position: '', sentAt: 0 })
  }

  const restart = async (signal: NodeJS.Signals): Promise<void> => {
    client.close()
    await server.stop(signal)
    if (signal === 'SIGKILL') {
      for (const suffix of ['', '-wal', '-shm']) rmSync(join(data, `write-model.db${suffix}`), { force: true })
    }
    server = launch({ data })
    client = new Client(await server.address)
  }

  const again = async (when: string): Promise<void> => {
    for (const [ask, before] of first) {
      const [reply] = await many(1, () => ask)
      if (reply?.status !== before.status || reply.text !== before.text || !reply.replayed) {
        wrong(`${ask.key} ${when}: ${reply?.status} ${reply?.text} instead of ${before.text}`)
      }
      const body = others.get(ask)
      const [other] = body === undefined ? [] : await many(1, () => ({ ...ask, body }))
      if (other !== undefined && (other.status !== 422 || codeOf(other) !== 'idempotency_key_reused')) {
        wrong(`${ask.key} ${when}, another body: ${other.status} ${other.text}`)
      }
      if (events(ask.key ?? '') !== 1) wrong(`${ask.key} ${when}: ${events(ask.key ?? '')} events`)
    }
  }

  await ok(recharge('shop', '1'))
  await ok(recharge('ben', '1'))
  await ok(recharge('ann', '10000'))
  for (let round = 0; round < rounds; round += 1) {
    for (const each of await cases(round)) await together(each)
    await race(round)
    await refusedFirst(round)
  }
  await restart('SIGTERM')
  await again('after a clean restart')
  await restart('SIGKILL')
  await again('after kill -9 and without a write model')
  client.close()
  await server.stop('SIGTERM')
  violations.push(...log.found())
  rmSync(data, { recursive: true })
  const used = first.size + rounds
  return { figures: `${used} keys, ${requests} requests, ${PARALLEL} at once: 1 event each, equal replies`, violations }
}
