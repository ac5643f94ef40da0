import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readConfig } from '../src/config.js'
import { StoreUnreachable } from '../src/store/errors.js'
import { createMemoryEventStore } from '../src/store/memory.js'
import type { EventStore } from '../src/store/port.js'
import type { Hindrance } from '../src/thread.js'
import { openWriteModel } from '../src/write-model.js'
import { openWriteSide } from '../src/write-side.js'
import { groundOf } from './support/charging.js'
import { decode, Process } from './support/loop.js'
import { folder } from './support/serving.js'
import { altered, recharge } from './support/trouble.js'

const log = (): void => undefined

/** A log of two events; its server answers or does not. */
const remote = async (t: Test) => {
  const memory = createMemoryEventStore()
  const one = new Process(memory)
  await one.ask('recharge', recharge('ann', '100.00'))
  await one.kill()
  const server = { away: false }
  const readLog: EventStore['readLog'] = (options) =>
    server.away ? Promise.reject(new StoreUnreachable('nobody answers')) : memory.readLog(options)
  const eventAt: EventStore['eventAt'] = (position) =>
    server.away ? Promise.reject(new StoreUnreachable('nobody answers')) : memory.eventAt(position)
  const store = altered(memory, () => ({ readLog, eventAt }))
  const path = join(folder(t), 'write-model.db')
  const waited: Hindrance[] = []
  const open = (signal = new AbortController().signal) => {
    const waiting = (hindrance: Hindrance): void => {
      waited.push(hindrance)
    }
    return openWriteModel({ path, log: store, decode, onFlushed: () => undefined, waiting, signal })
  }
  const until = async (count: number): Promise<void> => {
    while (waited.length < count) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return { server, store, path, waited, until, open }
}

t.test('the write model waits for a log that is away, while it is opened and while it is filled', async (t) => {
  const { server, waited, until, open } = await remote(t)
  for (let time = 1; time <= 2; time++) {
    server.away = true
    const opening = open()
    await until(time)
    server.away = false
    const { start, close } = await opening
    t.match(start, { leaf: 1 })
    t.match(waited.at(-1), { code: 'store_unreachable', detail: 'nobody answers' })
    close()
  }
})

t.test('given up, it leaves the file to the next', async (t) => {
  const { server, waited, open, until } = await remote(t)
  server.away = true
  const giveUp = new AbortController()
  const opening = open(giveUp.signal)
  await until(1)
  giveUp.abort()
  await t.rejects(opening)
  t.match(waited, [{ code: 'store_unreachable' }])
  server.away = false
  const { start, close } = await open()
  t.equal(start.leaf, 1)
  close()
})

t.test('the write side waits likewise, and given up it ends', async (t) => {
  const { server, store, path, open } = await remote(t)
  const { start, close } = await open()
  t.teardown(close)
  const key = 'k'.repeat(32)
  const keys = { COUNTERFOIL_TOKEN_KEY: key, COUNTERFOIL_SECRET: key, COUNTERFOIL_SECRETS_KEY: key }
  const config = readConfig(keys)
  const giveUp = new AbortController()
  const side = { config, file: path, from: start, decode, clock: Date.now, log, ...groundOf(store) }
  server.away = true
  const waiting = (): void => {
    server.away = false
  }
  const opened = await openWriteSide({ ...side, waiting, signal: giveUp.signal })
  t.equal(opened.start, 1)
  await opened.quiet()
  await opened.close()
  server.away = true
  await t.rejects(openWriteSide({ ...side, waiting: () => giveUp.abort(), signal: giveUp.signal }), {
    code: 'store_unreachable',
  })
})
