import { closeSync, openSync, writeSync } from 'node:fs'

/** Milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** Exact percentiles (nearest rank) of all samples. */
export const latencyOf = (milliseconds: readonly number[]): Latency => {
  const sorted = Float64Array.from(milliseconds).sort()
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  const rounded = (value: number): number => Math.round(value * 1000) / 1000
  return {
    p50: rounded(at(0.5)),
    p90: rounded(at(0.9)),
    p99: rounded(at(0.99)),
    p999: rounded(at(0.999)),
    max: rounded(at(1)),
  }
}

/** Counts the replies of the measured time, and keeps the latencies of the requests of that time, however late their reply. */
export class Recorder {
  readonly statuses: Record<number, number> = {}
  readonly latencies: number[] = []
  #good = 0
  #keys = ''
  readonly #file: number | null
  readonly #from: number
  readonly #until: number

  constructor(file: string | undefined, from: number, until: number) {
    this.#file = file === undefined ? null : openSync(file, 'a')
    this.#from = from
    this.#until = until
  }

  record(status: number, key: string, since: number): void {
    const now = performance.now()
    const good = status >= 200 && status < 300
    this.statuses[status] = (this.statuses[status] ?? 0) + 1
    if (since >= this.#from && since < this.#until) this.latencies.push(now - since)
    if (good && now >= this.#from && now < this.#until) this.#good++
    if (this.#file === null || !good) return
    this.#keys += `${key}\n`
    if (this.#keys.length > 65_536) this.#flush(this.#file)
  }

  perSecond(seconds: number): number {
    return Math.round(this.#good / seconds)
  }

  close(): void {
    if (this.#file === null) return
    this.#flush(this.#file)
    closeSync(this.#file)
  }

  #flush(file: number): void {
    writeSync(file, this.#keys)
    this.#keys = ''
  }
}
