import { GENERATION, type KeyGeneration } from './key-generation.js'
import type { KeyEntry } from './key-index.js'

/** Makes an unsigned number of a signed one, in the same order. */
const SIGN = 0x8000_0000

/**
 * The keys of these generations by ranges of their hashes, which are random, the lowest first; each has about `most`, or half as many, and
 * puts them in order when it is read: to sort them all at once would hold the thread for long. Until then a key is its number alone: an object for
 * each of 40,000 would hold it for 20 ms.
 */
export const keyRanges = (
  generations: readonly KeyGeneration[],
  most: number,
): readonly (() => readonly KeyEntry[])[] => {
  const size = generations.reduce((sum, generation) => sum + generation.size, 0)
  const bits = Math.max(0, Math.ceil(Math.log2(size / most)))
  const ranges = Array.from({ length: 2 ** bits }, (): number[] => [])
  for (const [index, generation] of generations.entries()) {
    for (let at = 0; at < generation.size; at += 1) {
      const range = Math.floor(((generation.high(at) ^ SIGN) >>> 0) / 2 ** (32 - bits))
      ;(ranges[range] as number[]).push(index * GENERATION + at)
    }
  }
  const of = (key: number): KeyGeneration => generations[Math.floor(key / GENERATION)] as KeyGeneration
  const byHash = (a: number, b: number): number => {
    const one = of(a)
    const other = of(b)
    return one.high(a % GENERATION) - other.high(b % GENERATION) || one.low(a % GENERATION) - other.low(b % GENERATION)
  }
  return ranges.map((keys) => () => keys.sort(byHash).map((key) => of(key).entry(key % GENERATION)))
}
