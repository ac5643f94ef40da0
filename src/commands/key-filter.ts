/** Bits per key that was there at the start; at half of that the filter still tells 97 of 100 new keys. */
const BITS = 16
const LEAST = 2 ** 24
const MOST = 2 ** 28
const PROBES = 4

/** A Bloom filter over 64-bit hashes: "certainly new" without asking the file, in 2 to 32 MiB. */
export class KeyFilter {
  readonly #bits: Uint32Array
  readonly #mask: number
  readonly #hash = new BigInt64Array(1)
  readonly #halves = new Uint32Array(this.#hash.buffer)

  /** `expected`: how many hashes it is made for. */
  constructor(expected: number) {
    const bits = Math.min(MOST, Math.max(LEAST, 2 ** Math.ceil(Math.log2(expected * BITS + 1))))
    this.#bits = new Uint32Array(bits / 32)
    this.#mask = bits - 1
  }

  add(hash: bigint): void {
    for (let probe = 0; probe < PROBES; probe += 1) {
      const at = this.#at(hash, probe)
      this.#bits[at >>> 5] = (this.#bits[at >>> 5] ?? 0) | (1 << (at & 31))
    }
  }

  /** `false`: it was never added. */
  mayHold(hash: bigint): boolean {
    for (let probe = 0; probe < PROBES; probe += 1) {
      const at = this.#at(hash, probe)
      if (((this.#bits[at >>> 5] ?? 0) & (1 << (at & 31))) === 0) return false
    }
    return true
  }

  /** The hash is random already: its halves are the start and the step. */
  #at(hash: bigint, probe: number): number {
    this.#hash[0] = hash
    const low = this.#halves[0] ?? 0
    const high = this.#halves[1] ?? 0
    return (low + Math.imul(probe, high | 1)) & this.#mask
  }
}
