import { ViewsUnreachable } from '../views/port.js'
import { createVisibility } from './visibility.js'

/** Milliseconds that a reader waits for what is owed to him; as long as for a position that he names. */
const PATIENCE = 1_000

/** Events that are owed and not folded, at most: what comes between two looks at the log, and somewhat more. A reader waits for all of them. */
const MOST = 500

/** How far views have come, by projection. */
export interface Passed {
  /** Of the last event folded. */
  readonly leaves: ReadonlyMap<string, number>
  /** Where it is lower: of the last event that is written. */
  readonly stored: ReadonlyMap<string, number>
}

/** What readers of the views in this process were promised: what was told as passed and is kept back, and what is not even folded yet. */
export interface Owed {
  passed(told: Passed): void
  /**
   * From now on nobody reads the views of a projection without this event, which must lie in the log: nobody reads them before it comes.
   * `false`: they are too far behind for that, or a reader was refused and what he wanted is not written yet.
   */
  owe(projection: string, leaf: number): boolean
  /** The last event that is owed; -1: none. */
  upTo(projection: string): number
  /**
   * Resolves when whoever reads the views of a projection finds all that is owed; `undefined`: he finds it now. Rejects with
   * `ViewsUnreachable` where that takes too long.
   */
  stored(projection: string): Promise<void> | undefined
  /** Resolves when nothing is owed any more, or cannot be paid. */
  paid(): Promise<void>
}

/** `ask`: the views of a projection are to be written up to an event, of which `passed` tells. */
export const createOwed = (ask: (projection: string, leaf: number) => void): Owed => {
  const passed = new Map<string, number>()
  const stored = new Map<string, number>()
  /** Never less than what was passed. */
  const owed = new Map<string, number>()
  const asked = new Map<string, number>()
  /** Up to where a reader was refused, until that is written. */
  const refused = new Map<string, number>()
  const waits = createVisibility(() => performance.now())
  const reach = (leaves: Map<string, number>, projection: string, leaf: number): void => {
    leaves.set(projection, Math.max(leaf, leaves.get(projection) ?? -1))
  }
  const settle = async (projection: string, leaf: number): Promise<void> => {
    if (asked.get(projection) !== leaf) {
      asked.set(projection, leaf)
      ask(projection, leaf)
    }
    if (await waits.wait(projection, leaf, PATIENCE)) return
    asked.delete(projection)
    refused.set(projection, leaf)
    throw new ViewsUnreachable(`the views of ${projection} are not written yet; events are safe`)
  }
  const whenStored = (projection: string): Promise<void> | undefined => {
    const leaf = owed.get(projection) ?? -1
    return leaf <= (stored.get(projection) ?? -1) ? undefined : settle(projection, leaf)
  }
  return {
    passed: (told) => {
      for (const [projection, leaf] of told.leaves) {
        const without = told.stored.get(projection) ?? leaf
        reach(passed, projection, leaf)
        reach(owed, projection, leaf)
        if (without >= (refused.get(projection) ?? 0)) refused.delete(projection)
        stored.set(projection, without)
        waits.passed(projection, without)
      }
    },
    owe: (projection, leaf) => {
      if (refused.has(projection) || leaf - (passed.get(projection) ?? -1) > MOST) return false
      reach(owed, projection, leaf)
      return true
    },
    upTo: (projection) => owed.get(projection) ?? -1,
    stored: whenStored,
    paid: async () => {
      await Promise.allSettled([...owed.keys()].map(whenStored))
    },
  }
}
