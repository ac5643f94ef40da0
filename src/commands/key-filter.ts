/** Bits per key that was there at the start; at half of that the filter still tells 97 of 100 new keys. */
const BITS = 16
const LEAST = 2 ** 24
const MOST = 2 ** 28
const PROBES = [0, 1, 2, 3]

/** A Bloom filter over 64-bit hashes: "certainly new" without asking the file, in 2 to 32 MiB. */
export class KeyFilter {
  readonly #bits: Uint32Array
  readonly #mask: number

  /** `expected`: how many hashes it is made for. */
  constructor(expected: number) {
    const bits = Math.min(MOST, Math.max(LEAST, 2 ** Math.ceil(Math.log2(expected * BITS + 1))))
    this.#bits = new Uint32Array(bits / 32)
    this.#mask = bits - 1
  }

  add(hash: bigint): void {
    for (const at of this.#places(hash)) this.#bits[at >>> 5] = this.#word(at) | (1 << (at & 31))
  }

  /** `false`: it was never added. */
  mayHold(hash: bigint): boolean {
    for (const at of this.#places(hash)) if ((this.#word(at) & (1 << (at & 31))) === 0) return false
    return true
  }

  #word(at: number): number {
    return this.#bits[at >>> 5] as number
  }

  /** The hash is random already: its halves are the start and the step. */
  #places(hash: bigint): readonly number[] {
    const low = Number(BigInt.asUintN(32, hash))
    const step = Number(BigInt.asUintN(32, hash >> 32n)) | 1
    return PROBES.map((probe) => (low + Math.imul(probe, step)) & this.#mask)
  }
}
