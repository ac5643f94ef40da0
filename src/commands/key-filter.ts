/** Bits per key that was there at the start; at half of that the filter still tells 97 of 100 new keys. */
const BITS = 16
const LEAST = 2 ** 24
const MOST = 2 ** 28
const PROBES = 4

/** A Bloom filter over 64-bit hashes: "certainly new" without asking the file, in 2 to 32 MiB. */
export class KeyFilter {
  readonly #bits: Uint32Array
  readonly #mask: number
  /** The hash looked at now, and the same as two numbers. */
  readonly #hash = new BigInt64Array(1)
  readonly #halves = new Uint32Array(this.#hash.buffer)

  /** `expected`: how many hashes it is made for. */
  constructor(expected: number) {
    const bits = Math.min(MOST, Math.max(LEAST, 2 ** Math.ceil(Math.log2(expected * BITS + 1))))
    this.#bits = new Uint32Array(bits / 32)
    this.#mask = bits - 1
  }

  add(hash: bigint): void {
    this.#hash[0] = hash
    for (let probe = 0; probe < PROBES; probe += 1) {
      const at = this.#place(probe)
      this.#bits[at >>> 5] = this.#word(at) | (1 << (at & 31))
    }
  }

  /** `false`: it was never added. */
  mayHold(hash: bigint): boolean {
    this.#hash[0] = hash
    for (let probe = 0; probe < PROBES; probe += 1) {
      const at = this.#place(probe)
      if ((this.#word(at) & (1 << (at & 31))) === 0) return false
    }
    return true
  }

  #word(at: number): number {
    return this.#bits[at >>> 5] as number
  }

  /** The hash is random already: its halves are the start and the step. */
  #place(probe: number): number {
    const step = (this.#halves[1] as number) | 1
    return ((this.#halves[0] as number) + Math.imul(probe, step)) & this.#mask
  }
}
