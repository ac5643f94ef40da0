import t from 'tap'
import { Cache } from '../../src/commands/cache.js'
import { fc } from '../support/fast-check.js'
import { check } from '../support/random.js'

interface Kept {
  readonly key: number
  value: number
  used: boolean
}

/** The same as a plain list, the oldest first. A value is the leaf number at which it changed. */
class AgeList {
  kept: Kept[] = []
  #flushed = -1

  constructor(readonly capacity: number) {}

  get(key: number): number | undefined {
    const found = this.kept.find((one) => one.key === key)
    if (found !== undefined) found.used = true
    return found?.value
  }

  put(key: number, value: number): void {
    const found = this.kept.find((one) => one.key === key)
    if (found !== undefined) {
      found.value = value
      found.used = true
      return
    }
    this.kept.push({ key, value, used: false })
    this.#evict(8, false)
  }

  flushed(leaf: number): void {
    this.#flushed = leaf
    this.#evict(this.kept.length, true)
  }

  #evict(most: number, flushing: boolean): void {
    for (let looked = 0; looked < most && this.kept.length > this.capacity; looked += 1) {
      const [oldest, ...rest] = this.kept
      if (oldest === undefined) return
      const stays = oldest.value > this.#flushed
      if (stays && !flushing) return
      this.kept = stays || oldest.used ? [...rest, { ...oldest, used: false }] : rest
    }
  }
}

t.test('a cache lets go of what a plain list by age lets go of', (t) => {
  const step = fc.record({
    key: fc.integer({ min: 0, max: 30 }),
    kind: fc.constantFrom('get' as const, 'put' as const, 'put' as const, 'put' as const, 'flush' as const),
    behind: fc.integer({ min: 0, max: 12 }),
  })
  const property = fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
    const cache = new Cache<number, number>(8, () => undefined)
    const list = new AgeList(8)
    for (const [at, { key, kind, behind }] of steps.entries()) {
      if (kind === 'put') {
        cache.put(key, at, at)
        list.put(key, at)
      } else if (kind === 'flush') {
        cache.flushed(at - behind)
        list.flushed(at - behind)
      } else if (cache.get(key) !== list.get(key)) return false
      if (cache.size !== list.kept.length) return false
    }
    return list.kept.every(({ key, value }) => cache.get(key) === value)
  })
  check(t, property, 300)
  t.end()
})

t.test('what was let go is not found again, even by whoever asked for it last', (t) => {
  const cache = new Cache<string, number>(1, () => undefined)
  for (const [index, key] of ['a', 'b', 'c'].entries()) cache.put(key, index, index)
  for (const key of ['b', 'c', 'a']) cache.get(key)
  cache.flushed(2)
  t.equal(cache.size, 3, 'all were used: a second chance each')
  cache.flushed(2)
  t.equal(cache.get('a'), undefined)
  cache.put('a', 7, 3)
  cache.get('c')
  t.equal(cache.get('a'), 7, 'a change goes to what the cache holds')
  t.end()
})
