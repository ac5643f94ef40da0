/** Decides when a thread that follows the log is woken: waking costs both sides more than an event does. */
export interface Waker {
  /** The log has grown up to this leaf number. */
  grown(leaf: number): void
  /** The thread has taken everything up to this leaf number. */
  taken(leaf: number): void
}

/** Milliseconds between two wakings, at least: what comes meanwhile is taken with the next one. */
const PACE = 2

/** Wakes at once after a pause, else at this pace, and never while the thread is at work. `now`: milliseconds, monotonic. */
export const createWaker = (wake: () => void, now: () => number): Waker => {
  let latest = -1
  let woken = Number.NEGATIVE_INFINITY
  let busy = false

  const go = (): void => {
    woken = now()
    wake()
  }

  const start = (): void => {
    busy = true
    if (now() - woken >= PACE) go()
    else setTimeout(go, PACE).unref()
  }

  return {
    grown: (leaf) => {
      latest = leaf
      if (!busy) start()
    },
    taken: (leaf) => {
      busy = false
      if (leaf < latest) start()
    },
  }
}
