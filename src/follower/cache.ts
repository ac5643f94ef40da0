/**
 * A bounded cache that forgets what was not used for long: two generations, the older one thrown away whole. A hit costs a Map look-up and no
 * list is kept. It forgets only between batches, so that whatever a batch has found stays found: it holds between `size` and `2 * size`
 * entries, and what one batch adds.
 */
export class Cache<Value> {
  private young = new Map<string, Value>()
  private old = new Map<string, Value>()

  constructor(private readonly size: number) {}

  /** To be called between two batches. */
  age(): void {
    if (this.young.size < this.size) return
    this.old = this.young
    this.young = new Map()
  }

  get(key: string): Value | undefined {
    const value = this.young.get(key)
    if (value !== undefined) return value
    const older = this.old.get(key)
    if (older !== undefined) this.young.set(key, older)
    return older
  }

  set(key: string, value: Value): void {
    this.young.set(key, value)
  }
}
