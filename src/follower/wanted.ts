export interface WantedOptions {
  /** The log is to be looked at now. */
  readonly hurry: () => void
  /** What the views of a projection keep back is to be written. */
  readonly store: (projection: string) => void
}

/** What readers want to find in views that may not have folded it yet. */
export interface Wanted {
  /** Somebody wants to read the views of a projection as they are after this event, which is in the log. */
  want(projection: string, leaf: number): void
  /** They have folded everything up to this event. */
  passed(projection: string, leaf: number): void
}

export const createWanted = ({ hurry, store }: WantedOptions): Wanted => {
  const reached = new Map<string, number>()
  const wanted = new Map<string, number>()
  return {
    want: (projection, leaf) => {
      if (leaf <= (reached.get(projection) ?? -1)) {
        store(projection)
      } else {
        wanted.set(projection, leaf)
        hurry()
      }
    },
    passed: (projection, leaf) => {
      reached.set(projection, leaf)
      const asked = wanted.get(projection)
      if (asked === undefined) return
      if (asked <= leaf) wanted.delete(projection)
      // Also of a part: who asked before wants no more.
      store(projection)
    },
  }
}
