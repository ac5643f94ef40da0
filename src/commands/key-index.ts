import { KeyFilter } from './key-filter.js'
import { KeyGeneration } from './key-generation.js'
import { keyRanges } from './key-ranges.js'

/** Where an event with a key, or one that gave an id, lies: its revision in the stream that the key names, and its leaf number. */
export interface KeyPlace {
  readonly revision: number
  readonly leaf: number
}

export interface KeyEntry {
  readonly hash: bigint
  readonly place: KeyPlace
}

/** The lowest hash there is. */
const LOWEST = -(2n ** 63n)

/** The part of the file that holds what is no longer in memory. */
export interface KeyFile {
  keys(hash: bigint): readonly KeyPlace[]
  /** From this hash on, in order. */
  hashes(from: bigint, max: number): readonly bigint[]
}

/**
 * 64-bit hashes of keys and ids to places: the newest in memory, in generations that go as the file takes them over. Once it has learnt
 * what the file holds, most new keys are told without asking it.
 */
export class KeyIndex {
  readonly #file: KeyFile
  #generations: KeyGeneration[] = []
  #filter: KeyFilter | null = null
  /** `null`: everything is learnt. */
  #learnt: bigint | null = LOWEST

  constructor(file: KeyFile) {
    this.#file = file
  }

  /** Reads the next hashes of the file into memory; `false`: that was all. `expected`: how many the file holds, about. */
  learn(max: number, expected: number): boolean {
    if (this.#learnt === null) return false
    this.#filter ??= this.#newFilter(expected)
    const hashes = this.#file.hashes(this.#learnt, max)
    for (const hash of hashes) this.#filter.add(hash)
    const last = hashes.at(-1)
    this.#learnt = last === undefined || hashes.length < max ? null : last + 1n
    return this.#learnt !== null
  }

  /** It holds what came before it too: the file may take that over behind the place where learning is. */
  #newFilter(expected: number): KeyFilter {
    const filter = new KeyFilter(expected)
    for (const { hash } of this.entries()) filter.add(hash)
    return filter
  }

  add(hash: bigint, revision: number, leaf: number): void {
    this.#filter?.add(hash)
    const newest = this.#generations.at(-1)
    const generation = newest === undefined || newest.full ? this.#begin() : newest
    generation.add(hash, { revision, leaf })
  }

  /** Candidates, to be confirmed against the event; one may come twice. Most new keys are in nothing, and one look tells. */
  places(hash: bigint): readonly KeyPlace[] {
    if (this.#learnt === null && this.#filter?.mayHold(hash) === false) return []
    const found: KeyPlace[] = []
    for (const generation of this.#generations) found.push(...generation.places(hash))
    const stored = this.#file.keys(hash)
    return found.length === 0 ? stored : [...found, ...stored]
  }

  flushed(leaf: number): void {
    this.#generations = this.#generations.filter((generation) => generation.last > leaf)
  }

  /** What comes after this lies in another generation, so that what is here now may leave memory as soon as the file has it. */
  cut(): void {
    this.#begin()
  }

  /** What is in memory now, for the file's writer: see `keyRanges`. */
  ranges(most: number): ReturnType<typeof keyRanges> {
    return keyRanges([...this.#generations], most)
  }

  /** The same, as it came. */
  *entries(): Iterable<KeyEntry> {
    for (const generation of this.#generations) yield* generation.entries()
  }

  #begin(): KeyGeneration {
    const generation = new KeyGeneration()
    this.#generations.push(generation)
    return generation
  }
}
