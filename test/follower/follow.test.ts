import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { FollowedBatch } from '../../src/follower/batch.js'
import { catchUp } from '../../src/follower/catch-up.js'
import { type Consumer, createFollower } from '../../src/follower/follow.js'
import { RetentionSet } from '../../src/store/errors.js'
import { Script } from '../contract/events.js'
import { decode, TestLog, until } from './log.js'

const freezes = (n: number) => {
  const script = new Script()
  for (let i = 0; i < n; i++) script.add('ann', { type: 'AccountFrozen', data: { account: 'ann', reason: 'x' } })
  return script.events
}

/** Remembers what it took. */
const recorder = (name: string, leaf = -1, fails: (batch: FollowedBatch) => void = () => {}) => {
  const batches: FollowedBatch[] = []
  const consumer: Consumer = {
    name,
    checkpoint: leaf === -1 ? null : { leaf, position: (leaf + 1) * 10 },
    handle: async (batch) => {
      fails(batch)
      batches.push(batch)
    },
  }
  const leaves = () => batches.flatMap(({ events }) => events.map((event) => event.leaf))
  return { consumer, batches, leaves }
}

const follow = (log: TestLog, consumers: readonly Consumer[], max?: number) => {
  const stop = new AbortController()
  const follower = createFollower({ log, decode, consumers, ...(max !== undefined && { max }) })
  const done = follower.run(stop.signal)
  return {
    ...follower,
    done,
    end: () => {
      stop.abort()
      return done
    },
  }
}

t.test('each consumer gets what it lacks, in order, numbered, in batches of bounded size', async (t) => {
  const log = new TestLog('e', 7).push(freezes(10))
  const [a, b, c] = [recorder('a'), recorder('b', 3), recorder('c', 8)]
  const following = follow(log, [a.consumer, b.consumer, c.consumer], 4)
  await until(() => c.leaves().length === 1)
  log.push(freezes(12).slice(10))
  await until(() => c.leaves().length === 3)
  await following.end()
  t.same(a.leaves(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  t.same(b.leaves(), [4, 5, 6, 7, 8, 9, 10, 11])
  t.same(c.leaves(), [9, 10, 11])
  t.ok(a.batches.every(({ events }) => events.length <= 4))
  t.same(a.batches[0]?.positions, [10, 20, 30, 40])
  t.same(following.status()[0], { name: 'a', leaf: 11, stopped: null })
})

t.test('following begins behind the lowest checkpoint', async (t) => {
  const log = new TestLog().push(freezes(10))
  const [a, b] = [recorder('a', 6), recorder('b', 4)]
  const following = follow(log, [a.consumer, b.consumer, recorder('c', 8).consumer])
  await until(() => a.leaves().length === 3)
  await following.end()
  t.same(a.leaves(), [7, 8, 9])
  t.same(b.leaves(), [5, 6, 7, 8, 9])
})

t.test('bytes that cannot be decoded stop who has not passed them, and are shown', async (t) => {
  const log = new TestLog().push(freezes(10), [5])
  const [a, b] = [recorder('a'), recorder('b', 7)]
  const following = follow(log, [a.consumer, b.consumer])
  await until(() => b.leaves().length === 2)
  await following.end()
  t.same(a.leaves(), [0, 1, 2, 3, 4])
  t.same(b.leaves(), [8, 9])
  t.match(following.status(), [
    { leaf: 4, stopped: { code: 'undecodable', stream: 'account-ann', revision: 5, position: 60, reason: /JSON/ } },
    { leaf: 9, stopped: null },
  ])
})

/** Behind its events somebody has told the store to forget. */
class Forgetful extends TestLog {
  error: Error = new RetentionSet('account-ann', 35, '$maxCount')
  override async *subscribe(options: { after: number | null; signal: AbortSignal }) {
    yield await this.readLog({ ...options, max: 3 })
    throw this.error
  }
  override async readLog(options: { after: number | null; max: number }) {
    const page = await super.readLog(options)
    if (page.length < options.max) throw this.error
    return page
  }
}

t.test('a setting by which the log forgets events stops everyone there, and is shown', async (t) => {
  const [a, b] = [recorder('a'), recorder('b', 1)]
  const following = follow(new Forgetful().push(freezes(3)), [a.consumer, b.consumer])
  await following.done
  t.same(a.leaves(), [0, 1, 2])
  const reason = 'the metadata of account-ann sets $maxCount, by which the store forgets events'
  const stopped = { code: 'retention_set', reason, stream: 'account-ann', revision: null, position: 35 }
  t.same(following.status(), [
    { name: 'a', leaf: 2, stopped },
    { name: 'b', leaf: 2, stopped },
  ])
  const { signal } = new AbortController()
  const catchingUp = catchUp({ log: new Forgetful(), decode, consumer: recorder('c').consumer, signal })
  await t.rejects(catchingUp, { code: 'retention_set', message: reason, stopped })
})

t.test('any other error of the log is its own', async (t) => {
  const log = new Forgetful().push(freezes(3))
  log.error = new Error('unplugged')
  await t.rejects(follow(log, [recorder('a').consumer]).done, log.error)
  const { signal } = new AbortController()
  await t.rejects(catchUp({ log, decode, consumer: recorder('b').consumer, signal }), log.error)
})

t.test('it ends by itself when nobody is left', async (t) => {
  await follow(new TestLog(), []).done
  const log = new TestLog().push(freezes(2), [0])
  const a = recorder('a')
  await follow(log, [a.consumer]).done
  t.same(a.leaves(), [])
})

t.test('a consumer that fails stops alone', async (t) => {
  const log = new TestLog('e', 1).push(freezes(4))
  const bad = recorder('bad', -1, ({ events }) => {
    if (events[0]?.leaf === 2) throw Object.assign(new Error('no more'), { code: 'broken' })
  })
  const odd = recorder('odd', -1, () => {
    throw 'text'
  })
  const good = recorder('good')
  const following = follow(log, [bad.consumer, odd.consumer, good.consumer])
  await until(() => good.leaves().length === 4)
  await following.end()
  t.same(bad.leaves(), [0, 1])
  t.match(following.status(), [
    { leaf: 1, stopped: { code: 'broken', reason: 'no more', stream: null } },
    { leaf: -1, stopped: { code: 'consumer_failed', reason: 'text' } },
    { leaf: 3, stopped: null },
  ])
})

t.test('what a consumer gives up because following ends is no failure', async (t) => {
  const log = new TestLog().push(freezes(4))
  const stop = new AbortController()
  const consumer: Consumer = {
    name: 'a',
    checkpoint: null,
    handle: async (_, signal) => {
      stop.abort()
      signal.throwIfAborted()
    },
  }
  const follower = createFollower({ log, decode, consumers: [consumer] })
  await follower.run(stop.signal)
  t.same(follower.status(), [{ name: 'a', leaf: -1, stopped: null }])
})

t.test('two that begin at the beginning, and one that does not', async (t) => {
  const log = new TestLog().push(freezes(3))
  const [a, b] = [recorder('a', 1), recorder('b')]
  const following = follow(log, [a.consumer, b.consumer])
  await until(() => a.leaves().length === 1)
  await following.end()
  t.same(b.leaves(), [0, 1, 2])
})

/** Takes nothing from a number on until it is let go. */
const hanging = (at: number) => {
  let letGo = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const { consumer, leaves } = recorder('hangs')
  const handle: Consumer['handle'] = async (batch, signal) => {
    if (batch.events.some(({ leaf }) => leaf >= at)) {
      await Promise.race([gate, new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))])
      signal.throwIfAborted()
    }
    await consumer.handle(batch, signal)
  }
  return { consumer: { ...consumer, handle }, leaves, letGo: () => letGo() }
}

t.test('one that cannot go on is left behind, and joins the others again where they are', async (t) => {
  const log = new TestLog('e', 1).push(freezes(6))
  const good = recorder('good')
  const slow = hanging(2)
  const following = follow(log, [slow.consumer, good.consumer])
  await until(() => good.leaves().length === 6)
  t.same(slow.leaves(), [0, 1])
  log.push(freezes(2_000).slice(6))
  await until(() => good.leaves().length === 2_000)
  slow.letGo()
  await until(() => slow.leaves().length === 2_000)
  log.push(freezes(2_002).slice(2_000))
  await until(() => slow.leaves().length === 2_002)
  t.same(slow.leaves(), good.leaves(), 'each once, in order')
  t.match(following.status(), [
    { leaf: 2_001, stopped: null },
    { leaf: 2_001, stopped: null },
  ])
  await following.end()
})

t.test('where nobody can go on the log does not outrun them, and following ends when it is told to', async (t) => {
  const log = new TestLog('e', 1).push(freezes(8))
  let pages = 0
  const readLog = log.readLog.bind(log)
  log.readLog = (options) => {
    pages += 1
    return readLog(options)
  }
  const [a, b] = [hanging(0), hanging(0)]
  const following = follow(log, [a.consumer, b.consumer])
  await pause(1_300)
  t.equal(pages, 1)
  a.letGo()
  await until(() => a.leaves().length === 8)
  t.same(b.leaves(), [])
  await following.end()
  t.match(following.status(), [{ leaf: 7 }, { leaf: -1, stopped: null }])
})

t.test('one that was left behind stops alone: at its own failure, and at bytes that cannot be decoded', async (t) => {
  const log = new TestLog('e', 1).push(freezes(6), [4])
  const good = recorder('good', 5)
  const [bytes, fails] = [hanging(2), hanging(2)]
  const handle: Consumer['handle'] = async (batch, signal) => {
    await fails.consumer.handle(batch, signal)
    if (batch.events.some(({ leaf }) => leaf === 3)) throw new Error('no more')
  }
  const following = follow(log, [bytes.consumer, { ...fails.consumer, handle }, good.consumer])
  log.push(freezes(8).slice(6))
  await until(() => good.leaves().length === 2)
  fails.letGo()
  bytes.letGo()
  await until(() => following.status().every(({ leaf, stopped }) => stopped !== null || leaf === 7))
  t.match(following.status(), [
    { leaf: 3, stopped: { code: 'undecodable', position: 50 } },
    { leaf: 2, stopped: { code: 'consumer_failed', reason: 'no more' } },
    { leaf: 7, stopped: null },
  ])
  await following.end()
})

t.test('one that was left behind asks again when the log does not answer', async (t) => {
  const log = new TestLog('e', 1).push(freezes(4))
  const good = recorder('good')
  const slow = hanging(1)
  const following = follow(log, [slow.consumer, good.consumer])
  await until(() => good.leaves().length === 4)
  const readLog = log.readLog.bind(log)
  let refused = 0
  log.readLog = async (options) => {
    if (options.max === 1) return readLog(options)
    refused += 1
    if (refused === 1) throw new Error('unplugged')
    return readLog(options)
  }
  slow.letGo()
  await until(() => slow.leaves().length === 4)
  t.equal(refused, 2)
  await following.end()
})
