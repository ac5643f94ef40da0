import { Lane } from './lane.js'
import type { LaneWorld } from './lane-world.js'

/** Kept while nobody is at them, about: a new one costs more. */
const KEPT = 5_000

/**
 * The lanes of streams. Idle ones go many at a time, and the others into a new Map: the tables that a Map leaves behind when things are
 * deleted from it point to each other and to what they held, so that all of that would live on until the next full collection.
 */
export class Lanes {
  readonly #world: LaneWorld
  readonly #kept: number
  #lanes = new Map<string, Lane>()
  #most: number

  constructor(world: LaneWorld, kept = KEPT) {
    this.#world = world
    this.#kept = kept
    this.#most = kept
  }

  get(stream: string): Lane | undefined {
    return this.#lanes.get(stream)
  }

  get size(): number {
    return this.#lanes.size
  }

  /** The same, or a new one. */
  at(stream: string): Lane {
    const known = this.#lanes.get(stream)
    if (known !== undefined) return known
    if (this.#lanes.size >= this.#most) this.#dropIdle()
    const lane = new Lane(stream, this.#world)
    this.#lanes.set(stream, lane)
    return lane
  }

  #dropIdle(): void {
    this.#lanes = new Map([...this.#lanes].filter(([, lane]) => !lane.idle))
    this.#most = Math.max(this.#kept, 2 * this.#lanes.size)
  }
}
