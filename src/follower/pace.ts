/** Milliseconds from one look at the log to the next: what is folded many at a time costs less each. */
const PACE = 20

export interface PaceOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Whether nobody waits for what is folded, unless he says so. */
  readonly paced: () => boolean
  /** Looks at the log for new events. */
  readonly look: () => void
}

/** How often a log that grows is looked at: at once after a rest, and then now and then. */
export interface Pace {
  /** The log has grown. */
  grown(): void
  /** Somebody waits. */
  hurry(): void
}

export const createPace = ({ now, paced, look }: PaceOptions): Pace => {
  let looked = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  const lookNow = (): void => {
    clearTimeout(timer)
    timer = undefined
    looked = now()
    look()
  }
  return {
    grown: () => {
      const left = paced() ? looked + PACE - now() : 0
      if (left > 0) timer ??= setTimeout(lookNow, left)
      else lookNow()
    },
    hurry: lookNow,
  }
}
