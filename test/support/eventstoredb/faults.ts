export type Version = '22.10' | '24.2'

/** The next `count` appends (left out: one) to streams whose name begins with `stream` (left out: any). */
interface Aim {
  readonly count?: number
  readonly stream?: string
}

export type AppendFault =
  /** Stores, and drops the connection before it answers. */
  | ({ readonly kind: 'drop' } & Aim)
  /** Stores, and answers so much later. */
  | ({ readonly kind: 'late'; readonly milliseconds: number } & Aim)
  /** Stores nothing and ends the call with `UNAVAILABLE`. */
  | ({ readonly kind: 'unavailable' } & Aim)

export type Fault =
  | AppendFault
  /** Takes and answers nothing until `thaw`. Unlike a stopped process (`DoubleProcess.freeze`) it still answers pings. */
  | { readonly kind: 'freeze' }
  | { readonly kind: 'thaw' }
  | { readonly kind: 'drop-connections' }
  /** Ends every subscription as "consumer too slow". */
  | { readonly kind: 'drop-subscriptions' }
  /** Every subscription that is open now gets nothing more, and no error. */
  | { readonly kind: 'stall-subscriptions' }
  /** Drops all connections, forgets what is only in memory, and comes back on the same port after so long (left out: at once). */
  | { readonly kind: 'restart'; readonly milliseconds?: number }
  | { readonly kind: 'version'; readonly version: Version }
  /** Its clock is so far ahead of ours. As with a real one, an append whose deadline has passed on that clock times out. */
  | { readonly kind: 'clock'; readonly milliseconds: number }
  /** Disarms the append faults. */
  | { readonly kind: 'clear' }

/** What is broken at the moment, and until when. */
export class Faults {
  #armed: { readonly fault: AppendFault; left: number }[] = []
  #frozen: (() => void)[] | null = null
  version: Version
  /** Milliseconds. */
  clock = 0

  constructor(version: Version) {
    this.version = version
  }

  arm(fault: AppendFault): void {
    this.#armed.push({ fault, left: fault.count ?? 1 })
  }

  clear(): void {
    this.#armed = []
  }

  /** The fault that meets an append to this stream; each is spent once per append. */
  take(stream: string): AppendFault | null {
    const armed = this.#armed.find(({ fault, left }) => left > 0 && stream.startsWith(fault.stream ?? ''))
    if (armed === undefined) return null
    armed.left -= 1
    return armed.fault
  }

  freeze(): void {
    this.#frozen ??= []
  }

  thaw(): void {
    const waiting = this.#frozen ?? []
    this.#frozen = null
    for (const act of waiting) act()
  }

  /** Does it now, or in the order of arrival when it thaws. */
  pass(act: () => void): void {
    if (this.#frozen === null) act()
    else this.#frozen.push(act)
  }

  passed(): Promise<void> {
    return new Promise((resolve) => this.pass(resolve))
  }

  /** Milliseconds since 1970, on the clock of the server. */
  now(): number {
    return Date.now() + this.clock
  }
}
