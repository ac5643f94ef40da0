import t from 'tap'
import type { RecordedEvent } from '../../src/store/port.js'
import { Subscriptions } from '../../src/store/subscriptions.js'

const recorded = (position: number): RecordedEvent => ({
  id: `${position}`,
  type: 'Traded.v1',
  data: '{}',
  metadata: '{}',
  stream: 's',
  revision: position - 1,
  position,
})

t.test('a live subscriber who falls far behind reads the log again, without gap or double', async (t) => {
  const log: RecordedEvent[] = []
  let reads = 0
  const subscriptions = new Subscriptions(({ after, max }) => {
    reads += 1
    return log.slice(after ?? 0, (after ?? 0) + max)
  }, null)
  const commit = (count: number): void => {
    const batch = Array.from({ length: count }, (_, index) => recorded(log.length + 1 + index))
    log.push(...batch)
    subscriptions.deliver(batch)
  }
  const ending = new AbortController()
  const batches = subscriptions.subscribe({ after: null, signal: ending.signal })[Symbol.asyncIterator]()
  commit(1)
  t.equal((await batches.next()).value?.length, 1)
  const next = batches.next()
  await new Promise((resolve) => setImmediate(resolve))
  commit(1)
  t.equal((await next).value?.at(0)?.position, 2, 'delivered, not read')
  const before = reads
  for (let part = 0; part < 25; part += 1) commit(500)
  const seen: number[] = []
  while (seen.length < 12_500) seen.push(...((await batches.next()).value ?? []).map(({ position }) => position))
  t.ok(reads > before, 'read again')
  t.strictSame(
    seen,
    Array.from({ length: 12_500 }, (_, index) => index + 3),
  )
  ending.abort()
})
