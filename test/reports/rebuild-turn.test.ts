import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { BEAT, TERM } from '../../src/follower/lease.js'
import type { Sleep } from '../../src/follower/runner.js'
import { inTurn } from '../../src/reports/rebuild-turn.js'
import { createMemoryViewStore, type MemoryViewStore } from '../../src/views/memory.js'

/** Fifty times as fast: a second lasts 20 ms. */
const FAST = 50
const sleep: Sleep = (ms, signal) => pause(ms / FAST, undefined, { signal }).catch(() => undefined)
const now = (): number => performance.now() * FAST
const never = new AbortController().signal

const asks = (views: Pick<MemoryViewStore, 'lease' | 'takeLease'>, holder: string | null, signal = never) => ({
  views,
  holder,
  now,
  sleep,
  signal,
})

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

t.test('one rebuilds, the other is refused until it has ended', async (t) => {
  const views = createMemoryViewStore()
  let end = (): void => undefined
  const work = new Promise<string>((resolve) => {
    end = () => resolve('made')
  })
  const first = inTurn(asks(views, 'ann'), () => work)
  await pause(5)
  await t.rejects(
    inTurn(asks(views, 'bob'), async () => t.fail('two at once')),
    { code: 'rebuild_running' },
  )
  end()
  t.equal(await first, 'made')
  t.equal(await inTurn(asks(views, 'bob'), async () => 'at once'), 'at once')
})

t.test('one that failed gives its turn back', async (t) => {
  const views = createMemoryViewStore()
  await t.rejects(
    inTurn(asks(views, 'ann'), async () => {
      throw new Error('no')
    }),
    { message: 'no' },
  )
  t.equal(await inTurn(asks(views, 'bob'), async () => 1), 1)
})

t.test('one that died is relieved once it has given no sign of life for long enough', async (t) => {
  const views = createMemoryViewStore()
  await views.takeLease('rebuild', null, { holder: 'ann', beat: 3 })
  const from = now()
  t.equal(await inTurn(asks(views, 'bob'), async () => 'relieved'), 'relieved')
  t.ok(now() - from >= TERM - BEAT)
})

t.test('who waits for a dead one can be told to stop', async (t) => {
  const views = createMemoryViewStore()
  await views.takeLease('rebuild', null, { holder: 'ann', beat: 3 })
  const stop = new AbortController()
  const waiting = inTurn(asks(views, 'bob', stop.signal), async () => t.fail('told to stop'))
  stop.abort()
  await t.rejects(waiting, { name: 'AbortError' })
})

t.test('one that was silent too long learns that its turn is gone', async (t) => {
  const views = createMemoryViewStore()
  let silent = false
  const lease: MemoryViewStore['lease'] = (name) => (silent ? Promise.reject(new Error('away')) : views.lease(name))
  const work = inTurn(asks({ lease, takeLease: views.takeLease }, 'ann'), untilAborted)
  await pause(5)
  silent = true
  const other = inTurn(asks(views, 'bob'), async () => {
    silent = false
    await pause((3 * BEAT) / FAST)
    return 'bob'
  })
  await t.rejects(work, { code: 'rebuild_running', message: /has taken the turn/ })
  t.equal(await other, 'bob')
})

t.test('where a lock keeps other processes out nobody asks', async (t) => {
  const views = createMemoryViewStore()
  t.equal(await inTurn(asks(views, null), async (signal) => signal), never)
  t.equal(await views.lease('rebuild'), null)
})
