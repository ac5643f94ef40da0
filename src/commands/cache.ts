interface Slot<Value> {
  value: Value
  /** The leaf number of the last change; the file may not hold it yet. -1: as loaded. */
  changed: number
  used: boolean
}

/**
 * A bounded cache over something slower. What changed and is not flushed stays, whatever the bound: the caller bounds that by
 * refusing work when the flushing falls behind. Eviction gives a second chance to what was used since it was last looked at.
 */
export class Cache<Key, Value> {
  readonly #slots = new Map<Key, Slot<Value>>()
  readonly #capacity: number
  readonly #load: (key: Key) => Value | undefined
  #flushed = -1
  #changed = new Set<Key>()

  constructor(capacity: number, load: (key: Key) => Value | undefined) {
    this.#capacity = capacity
    this.#load = load
  }

  /** The keys that changed since this was last asked. Only the file's writer asks; nobody else turns `tracking` on. */
  takeChanged(): ReadonlySet<Key> {
    const changed = this.#changed
    this.#changed = new Set()
    return changed
  }

  tracking = false

  get size(): number {
    return this.#slots.size
  }

  get(key: Key): Value | undefined {
    const slot = this.#slots.get(key)
    if (slot !== undefined) {
      slot.used = true
      return slot.value
    }
    const value = this.#load(key)
    if (value !== undefined) this.#insert(key, value, -1)
    return value
  }

  put(key: Key, value: Value, changed: number): void {
    if (this.tracking) this.#changed.add(key)
    const slot = this.#slots.get(key)
    if (slot === undefined) {
      this.#insert(key, value, changed)
      return
    }
    slot.value = value
    slot.changed = changed
    slot.used = true
  }

  #insert(key: Key, value: Value, changed: number): void {
    this.#slots.set(key, { value, changed, used: false })
    if (this.#slots.size > this.#capacity) this.#evict(8, false)
  }

  /** What changed up to this leaf number may be evicted from now on. */
  flushed(leaf: number): void {
    this.#flushed = leaf
    this.#evict(this.#slots.size, true)
  }

  /** From the oldest on. What is not flushed cannot go: it ends the search, or at a flush moves back, so that what is always busy holds up nothing. */
  #evict(most: number, flushing: boolean): void {
    let looked = 0
    for (const [key, slot] of this.#slots) {
      const stays = slot.changed > this.#flushed
      if (this.#slots.size <= this.#capacity || looked === most || (stays && !flushing)) return
      looked += 1
      this.#slots.delete(key)
      if (slot.used || stays) {
        slot.used = false
        this.#slots.set(key, slot)
      }
    }
  }
}
