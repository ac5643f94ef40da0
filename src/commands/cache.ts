/** What a cache holds under a key, now and later. */
export interface Cached<Key, Value> {
  readonly key: Key
  readonly value: Value
}

interface Slot<Key, Value> extends Cached<Key, Value> {
  value: Value
  /** The leaf number of the last change; the file may not hold it yet. -1: as loaded. */
  changed: number
  used: boolean
  /** Among those that changed. */
  listed: boolean
}

/**
 * A bounded cache over something slower. What changed and is not flushed stays, whatever the bound: the caller bounds that by
 * refusing work when the flushing falls behind. Eviction gives a second chance to what was used since it was last looked at.
 */
export class Cache<Key, Value> {
  readonly #slots = new Map<Key, Slot<Key, Value>>()
  /**
   * Each slot once, from the hand on, the one that is looked at next first. A list of its own, because a Map that is read from its
   * beginning steps over all that it has let go since it was last rehashed.
   */
  #queue: Slot<Key, Value>[] = []
  #hand = 0
  readonly #capacity: number
  readonly #load: (key: Key) => Value | undefined
  #flushed = -1
  #changed: Slot<Key, Value>[] = []
  /** The one that was looked for last: whoever puts has mostly asked for it before. */
  #last: Slot<Key, Value> | undefined

  constructor(capacity: number, load: (key: Key) => Value | undefined) {
    this.#capacity = capacity
    this.#load = load
  }

  /** What changed since this was last asked. Only the file's writer asks; nobody else turns `tracking` on. */
  takeChanged(): readonly Cached<Key, Value>[] {
    const changed = this.#changed
    this.#changed = []
    for (const slot of changed) slot.listed = false
    return changed
  }

  tracking = false

  get size(): number {
    return this.#slots.size
  }

  get(key: Key): Value | undefined {
    const slot = this.#find(key)
    if (slot !== undefined) {
      slot.used = true
      return slot.value
    }
    const value = this.#load(key)
    if (value !== undefined) this.#insert(key, value, -1)
    return value
  }

  put(key: Key, value: Value, changed: number): void {
    const found = this.#find(key)
    if (found !== undefined) {
      found.value = value
      found.changed = changed
      found.used = true
    }
    const slot = found ?? this.#insert(key, value, changed)
    if (!this.tracking || slot.listed) return
    slot.listed = true
    this.#changed.push(slot)
  }

  #find(key: Key): Slot<Key, Value> | undefined {
    if (this.#last?.key !== key) this.#last = this.#slots.get(key)
    return this.#last
  }

  #insert(key: Key, value: Value, changed: number): Slot<Key, Value> {
    const slot = { key, value, changed, used: false, listed: false }
    this.#slots.set(key, slot)
    this.#queue.push(slot)
    if (this.#slots.size > this.#capacity) this.#evict(8, false)
    return slot
  }

  /** What changed up to this leaf number may be evicted from now on. */
  flushed(leaf: number): void {
    this.#flushed = leaf
    this.#evict(this.#slots.size, true)
  }

  /** From the oldest on. What is not flushed cannot go: it ends the search, or at a flush moves back, so that what is always busy holds up nothing. */
  #evict(most: number, flushing: boolean): void {
    for (let looked = 0; looked < most && this.#slots.size > this.#capacity; looked += 1) {
      const slot = this.#queue[this.#hand] as Slot<Key, Value>
      const stays = slot.changed > this.#flushed
      if (stays && !flushing) break
      this.#hand += 1
      if (slot.used || stays) {
        slot.used = false
        this.#queue.push(slot)
      } else {
        this.#slots.delete(slot.key)
        if (this.#last === slot) this.#last = undefined
      }
    }
    if (this.#hand > this.#capacity) {
      this.#queue = this.#queue.slice(this.#hand)
      this.#hand = 0
    }
  }
}
