import t from 'tap'
import { type KeyEntry, KeyIndex } from '../../src/commands/key-index.js'
import { fc } from '../support/fast-check.js'
import { check } from '../support/random.js'

const MOST = 8

const byHash = (a: KeyEntry, b: KeyEntry): number => {
  if (a.hash === b.hash) return a.place.leaf - b.place.leaf
  return a.hash < b.hash ? -1 : 1
}

/** At random over all of 64 bits, as hashes are, or close to the ends and to nothing, where signs and halves change. */
const hashes = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(-(2n ** 63n), -(2n ** 32n), -(2n ** 31n), -1n, 0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 63n - 1n),
)

const indexOf = (drawn: readonly bigint[]): KeyIndex => {
  const keys = new KeyIndex({ keys: () => [], hashes: () => [] })
  for (const [leaf, hash] of drawn.entries()) {
    keys.add(hash, leaf % 7, leaf)
    if (leaf % 50 === 49) keys.cut()
  }
  return keys
}

t.test('ranges hold every key once, in order of the hashes as SQLite has it', async (t) => {
  const holds = fc.property(fc.array(hashes, { maxLength: 300 }), (drawn) => {
    const found = indexOf(drawn)
      .ranges(MOST)
      .flatMap((range) => range())
    const all = drawn.map((hash, leaf) => ({ hash, place: { revision: leaf % 7, leaf } }))
    return t.same(found, all.sort(byHash))
  })
  check(t, holds, 100)
})

t.test('a range of random hashes is about as long as it was asked to be', async (t) => {
  let hash = 1n
  const drawn = Array.from({ length: 9_000 }, () => {
    hash = BigInt.asIntN(64, hash * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n)
    return hash
  })
  const lengths = indexOf(drawn)
    .ranges(512)
    .map((range) => range().length)
  t.equal(lengths.length, 32)
  t.ok(Math.max(...lengths) < 400, `${Math.max(...lengths)} at most`)
  t.same(
    indexOf([])
      .ranges(512)
      .map((range) => range()),
    [[]],
    'also where nothing came',
  )
})

t.test('what comes after ranges were made is in none of them', async (t) => {
  const keys = indexOf([5n, -5n])
  const ranges = keys.ranges(MOST)
  keys.cut()
  keys.add(1n, 0, 9)
  t.same(
    ranges.flatMap((range) => range()).map(({ hash }) => hash),
    [-5n, 5n],
  )
})
