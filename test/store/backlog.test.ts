import t from 'tap'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { NO_STREAM } from '../../src/store/port.js'

const event = (number: number) => ({
  id: `00000000-0000-8000-8000-${String(number).padStart(12, '0')}`,
  type: 'Traded.v1',
  data: '{}',
  metadata: '{}',
})

t.test('a live subscriber who falls far behind reads the log again, without gap or double', async (t) => {
  const store = createMemoryEventStore()
  const ending = new AbortController()
  const seen: number[] = []
  const [first, total] = [1, 12_001]
  let start = (): void => undefined
  const slow = new Promise<void>((resolve) => {
    start = resolve
  })
  const reading = (async () => {
    for await (const batch of store.subscribe({ after: null, signal: ending.signal })) {
      seen.push(...batch.map(({ revision }) => revision))
      if (seen.length === first) await slow
      if (seen.length >= total) ending.abort()
    }
  })()
  await store.append('s', NO_STREAM, [event(0)])
  while (seen.length < first) await new Promise((resolve) => setImmediate(resolve))
  for (let at = 1; at < total; at += 500) {
    const some = Array.from({ length: 500 }, (_, index) => event(at + index))
    await store.append('s', at - 1, some)
  }
  start()
  await reading
  t.strictSame(
    seen,
    Array.from({ length: total }, (_, index) => index),
  )
})
