import type { Fact } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import { catchUp } from '../../src/follower/catch-up.js'
import type { AnyProjection } from '../../src/follower/projection.js'
import { openRunner, specOf } from '../../src/follower/runner.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import { contents } from '../contract/view-store.js'
import { decode, TestLog } from '../follower/log.js'
import { Books } from '../support/books.js'

export const START = Date.parse('2026-03-01T12:00:00.000Z')

/** In the log, a second between each two. */
export const logged = (facts: readonly Fact[]): readonly LedgerEvent[] => {
  const books = new Books()
  return facts.map((fact, leaf) => books.append(fact, new Date(START + leaf * 1_000).toISOString()))
}

/** The views of some events, as a process makes them that follows the log, and starts again behind each of the cuts. */
export const projecting =
  (projection: AnyProjection) =>
  async (events: readonly LedgerEvent[], cuts: readonly number[] = []) => {
    const views = createMemoryViewStore()
    const build = await views.createBuild(specOf(projection))
    const log = new TestLog()
    let done = 0
    for (const cut of [...cuts, events.length]) {
      log.push(events.slice(done, cut))
      done = Math.max(done, cut)
      const runner = await openRunner({ projection, build, log, sleep: async () => {} })
      await catchUp({ log, decode, consumer: runner, signal: new AbortController().signal })
    }
    await views.makeLive(projection.name, build.name)
    return { reader: views.reader, text: await contents(build) }
  }
