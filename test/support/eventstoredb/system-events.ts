import { randomUUID } from 'node:crypto'
import { ANY } from './expected.js'
import type { Log } from './log.js'
import type { Proposed } from './record.js'

const event = (type: string, data: unknown): Proposed => ({
  id: randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify(data)),
  metadata: new Uint8Array(),
})

/** What a server writes by itself, and a reader of $all meets: one event at each start, and statistics from time to time. */
export const noteItself = (log: Log, every: number): void => {
  log.append({
    stream: '$epoch-information',
    expected: ANY,
    events: [event('$epoch-information', { epochNumber: log.last('$epoch-information') + 1 })],
  })
  let appends = 0
  log.listen(({ stream }) => {
    if (stream.startsWith('$')) return
    appends += 1
    if (appends % every !== 0) return
    log.append({
      stream: '$stats-127.0.0.1:2113',
      expected: ANY,
      events: [event('$statsCollected', { 'es-events': log.count })],
    })
  })
}
