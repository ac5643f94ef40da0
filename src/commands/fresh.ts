import type { LaneWorld } from './lane-world.js'

/** What the books say of all that the log held when it was asked for: also of what another process has written. Rejects with `Unavailable`. */
export const fresh = async <Found>(world: Pick<LaneWorld, 'behind' | 'catchUp'>, read: () => Found): Promise<Found> => {
  for (;;) {
    await world.catchUp()
    const found = read()
    if (!world.behind()) return found
  }
}
