import { KeyFilter } from './key-filter.js'

/** Where an event with a key, or one that gave an id, lies: its revision in the stream that the key names, and its leaf number. */
export interface KeyPlace {
  readonly revision: number
  readonly leaf: number
}

export interface KeyEntry {
  readonly hash: bigint
  readonly place: KeyPlace
}

interface Generation {
  readonly places: Map<bigint, KeyPlace | KeyPlace[]>
  last: number
}

const GENERATION = 4096
/** The lowest hash there is. */
export const LOWEST = -(2n ** 63n)

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
  #generations: Generation[] = []
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
    let generation = this.#generations.at(-1)
    if (generation === undefined || generation.places.size >= GENERATION) {
      generation = { places: new Map(), last: leaf }
      this.#generations.push(generation)
    }
    generation.last = leaf
    const place = { revision, leaf }
    const before = generation.places.get(hash)
    generation.places.set(
      hash,
      before === undefined ? place : Array.isArray(before) ? [...before, place] : [before, place],
    )
  }

  /** Candidates, to be confirmed against the event; one may come twice. Most new keys are in nothing, and one look tells. */
  places(hash: bigint): readonly KeyPlace[] {
    if (this.#learnt === null && this.#filter?.mayHold(hash) === false) return []
    const found: KeyPlace[] = []
    for (const generation of this.#generations) {
      const places = generation.places.get(hash)
      if (places !== undefined) found.push(...(Array.isArray(places) ? places : [places]))
    }
    const stored = this.#file.keys(hash)
    return found.length === 0 ? stored : [...found, ...stored]
  }

  flushed(leaf: number): void {
    this.#generations = this.#generations.filter((generation) => generation.last > leaf)
  }

  /** What comes after this lies in another generation than what is here now. */
  cut(): void {
    this.#generations.push({ places: new Map(), last: -1 })
  }

  /** What is in memory, for the file's writer. */
  *entries(): Iterable<KeyEntry> {
    for (const generation of this.#generations) {
      for (const [hash, places] of generation.places) {
        for (const place of Array.isArray(places) ? places : [places]) yield { hash, place }
      }
    }
  }
}
