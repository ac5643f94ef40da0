import { setTimeout as sleep } from 'node:timers/promises'

const FIRST = 50
const LONGEST = 2_000

/** Waits longer after each failure, up to 2 s, by a share of it at random, so that many do not come back at once. Ends early with the signal. */
export const pause = (failures: number, random: () => number, signal: AbortSignal): Promise<void> => {
  const longest = Math.min(FIRST * 2 ** failures, LONGEST)
  return sleep(longest * (0.5 + random() / 2), undefined, { signal }).catch(() => undefined)
}
