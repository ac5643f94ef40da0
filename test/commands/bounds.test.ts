import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { readBookFile } from '../../src/commands/book-file.js'
import { Cache } from '../../src/commands/cache.js'
import { scopeHash } from '../../src/commands/identity.js'
import { KeyIndex } from '../../src/commands/key-index.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { ended, Process, said, settle } from '../support/loop.js'
import { ann, held, recharge, start, stream, trade } from '../support/trouble.js'

const DAY = 86_400_000

t.test('so many commands may be under way, and so far may the file be behind', async (t) => {
  const { before, state, release } = held()
  const { one } = await start(t, { before, limits: { pending: 3, tail: 5 } })
  state.hold = true
  const asked = [1, 2, 3].map(() => ended(one.ask('trade', trade('1'), { actor: ann })))
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann })), 'unavailable: busy')
  state.hold = false
  for (let n = 0; n < 3; n += 1) await release()
  await Promise.all(asked)
  t.equal(one.loop.leaf, 5)
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann })), 'unavailable: busy', 'the tail')
  await one.flush()
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann })), 'Traded')
})

t.test('a batch that is full leaves with the next append, and who waits too long behind it is sent away', async (t) => {
  const { before, state, release } = held()
  const { store, one } = await start(t, { before, limits: { pending: 5000 } })
  state.hold = true
  const asked = Array.from({ length: 3000 }, () => ended(one.ask('trade', trade('0.01'), { actor: ann })))
  await settle()
  state.hold = false
  await release()
  const results = await Promise.all(asked)
  t.equal(results.filter((result) => result === 'Traded').length, 2501, 'one sent, a batch full, 2000 wait')
  t.equal(results.filter((result) => result === 'unavailable: busy').length, 499)
  t.equal((await stream(store, 'ann')).length, 1000, 'as many as this reads')
})

t.test('text of many bytes leaves in more than one append', async (t) => {
  const sizes: number[] = []
  const { state, release, before } = held()
  const { one } = await start(t, {
    before: (request) => {
      sizes.push(request.events.reduce((sum, { data, metadata }) => sum + Buffer.byteLength(data + metadata), 0))
      return before?.(request) ?? 'ok'
    },
  })
  state.hold = true
  const input = { ...trade('0.01'), reference: '金'.repeat(256), plan: '金'.repeat(256) }
  const asked = Array.from({ length: 400 }, () => ended(one.ask('trade', input, { actor: ann })))
  await settle()
  state.hold = false
  await release()
  t.strictSame(new Set(await Promise.all(asked)), new Set(['Traded']))
  t.ok(Math.max(...sizes) < 256 * 1024, `${Math.max(...sizes)} bytes at most`)
})

t.test('what leaves memory is found in the file', async (t) => {
  const { store, one } = await start(t, { limits: { accounts: 2 } })
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 12; n += 1) {
      await one.ask('recharge', recharge(`u${n}`, '10'))
      await one.ask('trade', trade('4', `u${n}`, `u${(n + 1) % 12}`)).catch(() => undefined)
      if (n % 5 === 0) await one.flush()
    }
  }
  await one.flush()
  const fresh = new Process(store.sibling(), { around: one.around, follow: false })
  await fresh.flush()
  const file = readBookFile(fresh.database)
  for (let n = 0; n < 12; n += 1) {
    const book = file.account(`u${n}`)
    const spendable = Number((book?.own?.net ?? 0n) + (book?.incoming ?? 0n)) / 100
    const all = await one.ask('trade', trade(`${(spendable + 0.01).toFixed(2)}`, `u${n}`, 'bob'))
    t.equal(said(all), 'insufficient_funds')
    t.equal(said(await one.ask('trade', trade(spendable.toFixed(2), `u${n}`, 'bob'))), 'Traded')
  }
})

t.test('a cache keeps what is not flushed, and of the rest what is used', (t) => {
  const stored = new Map<string, number>([['z', 26]])
  const cache = new Cache<string, number>(2, (key) => stored.get(key))
  for (const [n, key] of ['a', 'b', 'c', 'd'].entries()) cache.put(key, n, n)
  t.equal(cache.size, 4, 'nothing is flushed')
  cache.get('a')
  cache.flushed(3)
  t.equal(cache.size, 2)
  t.equal(cache.get('a'), 0)
  t.equal(cache.get('z'), 26)
  t.equal(cache.get('none'), undefined)
  cache.put('a', 9, 9)
  t.equal(cache.get('a'), 9)
  t.strictSame(cache.takeChanged(), [])
  cache.tracking = true
  cache.put('a', 10, 10)
  t.strictSame(cache.takeChanged(), [{ key: 'a', value: 10, changed: 10, used: true, listed: false }])
  t.strictSame(cache.takeChanged(), [])
  t.end()
})

t.test('what is always busy holds up nothing behind it in a cache', (t) => {
  const cache = new Cache<string, number>(2, () => undefined)
  for (let n = 0; n < 1000; n += 1) {
    cache.put('busy', n, 2 * n)
    cache.put(`once ${n}`, n, 2 * n + 1)
    cache.put('busy', n, 2 * n + 2)
    if (n % 10 === 9) cache.flushed(2 * n + 1)
  }
  t.ok(cache.size < 20, `${cache.size} are kept`)
  t.equal(cache.get('busy'), 999)
  t.end()
})

t.test('places of keys go as the file takes them over', (t) => {
  const keys = new KeyIndex({ keys: (hash) => (hash === 7n ? [{ revision: 1, leaf: 1 }] : []), hashes: () => [7n] })
  for (let leaf = 2; leaf < 5000; leaf += 1) keys.add(BigInt(leaf), leaf, leaf)
  keys.add(7n, 7, 5000)
  keys.add(7n, 8, 5001)
  keys.add(7n, 9, 5002)
  t.strictSame(
    keys.places(7n).map(({ leaf }) => leaf),
    [7, 5000, 5001, 5002, 1],
  )
  t.equal([...keys.entries()].length, 5001)
  keys.flushed(4100)
  t.strictSame(
    keys.places(7n).map(({ leaf }) => leaf),
    [5000, 5001, 5002, 1],
  )
  keys.flushed(5002)
  t.strictSame(keys.places(8n), [])
  t.equal(keys.places(7n).length, 1)
  t.end()
})

t.test('a clock far behind the log refuses, unless an operator accepts it: then time stands still', async (t) => {
  const { store, one } = await start(t)
  await one.ask('recharge', recharge('ann', '1'))
  one.around.now -= 5_000
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann })), 'Traded')
  one.around.now -= 1
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann })), 'unavailable: clock')
  const accepting = new Process(store.sibling(), { around: one.around, loop: { acceptClock: true } })
  t.teardown(() => accepting.kill())
  await accepting.loop.catchUp()
  const before = await accepting.ask('open', { owner: 'new' })
  const at = '2026-03-01T12:00:00.000Z'
  t.match(before, { event: { metadata: { recordedAt: at } } }, 'in any stream')
  t.match(await accepting.ask('trade', trade('1'), { actor: ann }), { event: { metadata: { recordedAt: at } } })
  one.around.now += 5_002
  t.match(await accepting.ask('open', { owner: 'newer' }), {
    event: { metadata: { recordedAt: '2026-03-01T12:00:00.001Z' } },
  })
})

t.test('holds that ran out go ahead of a trade that needs their money', async (t) => {
  const { store, one } = await start(t)
  await one.ask('authorize', trade('60'), { actor: ann })
  one.around.now += 8 * DAY
  const traded = await one.ask('trade', trade('70'), { actor: ann, key: 'k' })
  t.match(traded, { event: { type: 'Traded', revision: 4 }, standing: { actual: 3000n, held: 0n } })
  t.strictSame((await stream(store, 'ann')).slice(2), ['TradeAuthorized.v1', 'HoldExpired.v1', 'Traded.v1'])
})

t.test('a loop that closes answers what is under way, and takes nothing more', async (t) => {
  const { before, state, release } = held()
  const { one } = await start(t, { before })
  state.hold = true
  const asked = ended(one.ask('trade', trade('1'), { actor: ann }))
  let closed = 0
  for (let n = 0; n < 2; n += 1) one.loop.close().then(() => closed++)
  t.equal(await ended(one.ask('trade', trade('1'), { actor: ann })), 'unavailable: shutting_down')
  t.equal(closed, 0)
  state.hold = false
  await release()
  t.equal(await asked, 'Traded')
  await settle()
  t.equal(closed, 2)
  await one.loop.close()
})

t.test('a command that waits for the end of the log too long is told to come again', async (t) => {
  const alive = setInterval(() => undefined, 100)
  t.teardown(() => clearInterval(alive))
  const store = createMemoryEventStore()
  let answer: (page: readonly []) => void = () => undefined
  const readLog = () =>
    new Promise<readonly []>((resolve) => {
      answer = resolve
    })
  const silent = Object.assign(store.sibling(), { readLog })
  const one = new Process(silent, { limits: { deadline: 300 } })
  t.teardown(() => one.kill())
  const refused = one.ask('trade', trade('1'))
  await sleep(100)
  const later = one.ask('trade', trade('1'))
  t.equal(await ended(refused), 'unavailable: busy')
  t.equal(await ended(later), 'unavailable: busy')
  answer([])
  await settle()
  answer([])
  await settle()
  t.equal(one.loop.leaf, -1, 'nothing comes of it')
})

t.test('a new key is told without asking the file, once all is learnt that the file holds', (t) => {
  const seed = Number(process.env.COUNTERFOIL_SEED ?? Math.floor(Math.random() * 2 ** 31))
  t.comment(`seed ${seed}`)
  const hashes = Array.from({ length: 20_000 }, (_, n) => scopeHash(`${seed} ${n}`))
  const held = hashes.slice(0, 10_000).sort((a, b) => (a < b ? -1 : 1))
  const members = new Set(held)
  let asked = 0
  const keys = new KeyIndex({
    keys: (hash) => {
      asked += 1
      return members.has(hash) ? [{ revision: 3, leaf: 4 }] : []
    },
    hashes: (from, max) => held.filter((hash) => hash >= from).slice(0, max),
  })
  t.equal(keys.places(1n).length, 0)
  t.equal(asked, 1, 'before it has learnt it asks')
  keys.add(2n, 1, 8)
  while (keys.learn(999, 10)) t.equal(keys.places(held[9_999] ?? 0n).length, 1)
  t.notOk(keys.learn(999, 10))
  asked = 0
  t.ok(hashes.slice(10_000).every((hash) => keys.places(hash).length === 0))
  t.ok(asked < 50, `${asked} of 10,000 new keys asked the file`)
  t.ok(
    held.every((hash) => keys.places(hash).length === 1),
    'none that is there is missed',
  )
  t.strictSame(keys.places(2n), [{ revision: 1, leaf: 8 }], 'nor what came before the learning')
  keys.add(5n, 1, 9)
  keys.flushed(9)
  asked = 0
  keys.places(5n)
  t.equal(asked, 1, 'what came since is known too')
  t.end()
})
