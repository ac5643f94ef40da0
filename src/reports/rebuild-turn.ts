import { BEAT, createLease } from '../follower/lease.js'
import type { Sleep } from '../follower/runner.js'
import type { ViewStore } from '../views/port.js'

/** Another process makes views anew now, or has taken this one's turn when it gave no sign of life. */
export class RebuildRunning extends Error {
  readonly code = 'rebuild_running'
}

export interface TurnOptions {
  readonly views: Pick<ViewStore, 'lease' | 'takeLease'>
  /** Drawn by the process; `null`: a lock keeps other processes out. */
  readonly holder: string | null
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly sleep: Sleep
  readonly signal: AbortSignal
}

const NAME = 'rebuild'

/**
 * Does the work while no other process rebuilds on these views. Rejects with `RebuildRunning` once another one gives a sign of life; one
 * that gives none is waited for as long as it may be silent, and then relieved. The work's signal also fires when the turn is lost.
 */
export const inTurn = async <Result>(
  options: TurnOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const { views, holder, now, sleep, signal } = options
  if (holder === null) return work(signal)
  const lease = createLease({ views, name: NAME, holder, now })
  const first = await views.lease(NAME)
  for (;;) {
    await lease.beat()
    if (lease.held) break
    const seen = await views.lease(NAME)
    if (seen?.holder !== first?.holder || seen?.beat !== first?.beat)
      throw new RebuildRunning('another projector makes views anew now')
    await sleep(BEAT, signal)
    signal.throwIfAborted()
  }
  const lost = new AbortController()
  const done = new AbortController()
  const beating = (async () => {
    while (!done.signal.aborted) {
      await sleep(BEAT, done.signal)
      await lease.beat().catch(() => undefined)
      if (!lease.held) lost.abort(new RebuildRunning('another projector has taken the turn to make views anew'))
    }
  })()
  try {
    return await work(AbortSignal.any([signal, lost.signal]))
  } finally {
    done.abort()
    await beating
    await lease.release().catch(() => undefined)
  }
}
