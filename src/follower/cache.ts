/**
 * A bounded cache that forgets what was not used for long: two generations, the older one thrown away whole. It holds between
 * `size` and `2 * size` entries once it is full; a hit costs a Map look-up and no list is kept.
 */
export class Cache<Value> {
  private young = new Map<string, Value>()
  private old = new Map<string, Value>()

  constructor(private readonly size: number) {}

  get(key: string): Value | undefined {
    const value = this.young.get(key)
    if (value !== undefined) return value
    const older = this.old.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: string, value: Value): void {
    if (this.young.size >= this.size) {
      this.old = this.young
      this.young = new Map()
    }
    this.young.set(key, value)
  }
}
