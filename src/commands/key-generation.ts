import type { KeyEntry, KeyPlace } from './key-index.js'

/** Keys in one generation. */
export const GENERATION = 4096
const NONE = -1

/** A hash, and the same as two numbers. */
const hashed = new BigInt64Array(1)
const halves = new Int32Array(hashed.buffer)

/**
 * Keys that came one after another, in flat tables that the collector need not walk through: a `Map` of big integers keeps three objects
 * for each key until the file has it.
 */
export class KeyGeneration {
  /** The leaf number of the last one. */
  last = -1
  #size = 0
  readonly #low = new Int32Array(GENERATION)
  readonly #high = new Int32Array(GENERATION)
  readonly #leaf = new Float64Array(GENERATION)
  readonly #revision = new Float64Array(GENERATION)
  /** The one before it whose hash begins alike. */
  readonly #next = new Int32Array(GENERATION)
  readonly #first = new Int32Array(GENERATION).fill(NONE)

  get size(): number {
    return this.#size
  }

  get full(): boolean {
    return this.#size === GENERATION
  }

  /** The first half of a hash, signed as the hash is. */
  high(at: number): number {
    return this.#high[at] as number
  }

  /** The other half, which has no sign of its own. */
  low(at: number): number {
    return (this.#low[at] as number) >>> 0
  }

  entry(at: number): KeyEntry {
    halves[0] = this.#low[at] as number
    halves[1] = this.#high[at] as number
    return { hash: hashed[0] as bigint, place: this.#place(at) }
  }

  add(hash: bigint, { revision, leaf }: KeyPlace): void {
    hashed[0] = hash
    const [low, high] = [halves[0] as number, halves[1] as number]
    const at = this.#size
    const slot = low & (GENERATION - 1)
    this.#low[at] = low
    this.#high[at] = high
    this.#leaf[at] = leaf
    this.#revision[at] = revision
    this.#next[at] = this.#first[slot] as number
    this.#first[slot] = at
    this.#size += 1
    this.last = leaf
  }

  /** The first one first. */
  places(hash: bigint): readonly KeyPlace[] {
    hashed[0] = hash
    const [low, high] = [halves[0] as number, halves[1] as number]
    const found: KeyPlace[] = []
    for (let at = this.#first[low & (GENERATION - 1)] as number; at !== NONE; at = this.#next[at] as number) {
      if (this.#low[at] === low && this.#high[at] === high) found.unshift(this.#place(at))
    }
    return found
  }

  *entries(): Iterable<KeyEntry> {
    for (let at = 0; at < this.#size; at += 1) yield this.entry(at)
  }

  #place(at: number): KeyPlace {
    return { revision: this.#revision[at] as number, leaf: this.#leaf[at] as number }
  }
}
