import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, reasonOf } from './follower/batch.js'
import { isFull } from './store/sqlite/connection.js'
import type { Hindrance } from './thread.js'

export interface Insisting {
  /** Whether trying again can help. */
  readonly passes: (error: unknown) => boolean
  /** Told why it cannot be done yet, at every attempt. */
  readonly waiting: (hindrance: Hindrance) => void
  /** Ends the waiting; the last error is then thrown. */
  readonly signal: AbortSignal
}

const FIRST_WAIT = 250
const LONGEST_WAIT = 2_000

/** Does something again and again until it works, at growing intervals. Rejects with what does not pass. */
export const insist = async <Result>(work: () => Promise<Result>, options: Insisting): Promise<Result> => {
  const { passes, waiting, signal } = options
  for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted || !passes(error)) throw error
      waiting(hindranceOf(error))
      await sleep(wait, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** SQLite's and the system's own codes say nothing to whoever runs it, but for a full disk. */
export const hindranceOf = (error: unknown): Hindrance => ({
  code: isFull(error) ? 'disk_full' : codeOf(error, 'not_ready'),
  detail: reasonOf(error),
})
