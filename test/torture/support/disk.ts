import type { Call } from './recording.js'

const SECTOR = 512

/** A change that no fsync has covered yet. */
type Change =
  | { readonly kind: 'write'; readonly at: number; readonly bytes: Buffer; done: boolean }
  | { readonly kind: 'truncate'; readonly length: number; done: boolean }

interface Inode {
  readonly stable: Content
  pending: Change[]
}

/** What a power cut leaves of the changes that were not synced. */
export type Loss = 'all lost' | 'none lost' | 'torn'

/**
 * A disk with a cache, fed with the calls of a recording in their order. What was written before an fsync began is durable when it has
 * returned; of everything else each 512-byte sector may be lost on its own. Names are durable once their directory is synced.
 */
export class Disk {
  #names = new Map<string, Inode>()
  #durableNames = new Map<string, Inode>()
  /** For each fsync under way: what it covers. */
  readonly #syncing = new Map<Call, { readonly inode: Inode; readonly covered: readonly Change[] }>()
  readonly #under = new Map<Call, Change>()
  readonly #ignored: (path: string) => boolean

  /** `ignored`: files whose fsyncs do nothing, as with a weaker `synchronous`. */
  constructor(ignored: (path: string) => boolean = () => false) {
    this.#ignored = ignored
  }

  /** A call has begun: from now on a part of it may be on the disk. */
  begin(call: Call): void {
    const { name, path } = call
    if (name === 'pwrite64' || name === 'write') {
      this.#change(call, { kind: 'write', at: call.offset, bytes: call.bytes, done: false })
    } else if (name === 'ftruncate') {
      this.#change(call, { kind: 'truncate', length: call.offset, done: false })
    } else if (name === 'fsync' || name === 'fdatasync') {
      const inode = this.#names.get(path)
      if (inode !== undefined && !this.#ignored(path))
        this.#syncing.set(call, { inode, covered: inode.pending.filter(({ done }) => done) })
    }
  }

  /** A call has returned. */
  end(call: Call): void {
    const { name, path } = call
    const change = this.#under.get(call)
    if (change !== undefined) change.done = true
    this.#under.delete(call)
    if (name === 'openat' && call.creates && !this.#names.has(path)) {
      this.#names.set(path, { stable: new Content(), pending: [] })
    }
    if (name === 'openat' && call.truncates)
      this.#names.get(path)?.pending.push({ kind: 'truncate', length: 0, done: true })
    if (name === 'unlink') this.#names.delete(path)
    if (name === 'rename') throw new Error(`the store renames ${path}: the model does not know renames`)
    if (name === 'fsync' || name === 'fdatasync') this.#synced(call)
  }

  /** The files as a power cut at this moment may leave them. */
  crash(loss: Loss, below: (bound: number) => number): Map<string, Buffer> {
    const keep = (): boolean => loss === 'none lost' || (loss === 'torn' && below(2) === 0)
    const names = new Map<string, Inode>()
    for (const path of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      const before = this.#durableNames.get(path)
      const now = this.#names.get(path)
      const inode = before === now || keep() ? now : before
      if (inode !== undefined) names.set(path, inode)
    }
    return new Map([...names].map(([path, inode]) => [path, contents(inode, keep)]))
  }

  #change(call: Call, change: Change): void {
    const inode = this.#names.get(call.path)
    if (inode === undefined) return
    inode.pending.push(change)
    this.#under.set(call, change)
  }

  #synced(call: Call): void {
    if (call.directory) this.#durableNames = new Map(this.#names)
    const sync = this.#syncing.get(call)
    this.#syncing.delete(call)
    if (sync === undefined || call.failed) return
    const covered = new Set(sync.covered)
    for (const change of sync.covered) apply(sync.inode.stable, change, () => true)
    sync.inode.pending = sync.inode.pending.filter((change) => !covered.has(change))
  }
}

const contents = ({ stable, pending }: Inode, keep: () => boolean): Buffer => {
  const content = stable.clone()
  for (const change of pending) apply(content, change, keep)
  return content.bytes()
}

const apply = (content: Content, change: Change, keep: () => boolean): void => {
  if (change.kind === 'truncate') {
    if (keep()) content.truncate(change.length)
    return
  }
  const { at, bytes } = change
  for (let from = 0; from < bytes.length; ) {
    // Sectors of the disk, wherever the write begins.
    const to = Math.min(bytes.length, from + SECTOR - ((at + from) % SECTOR))
    if (keep()) content.write(at + from, bytes.subarray(from, to))
    from = to
  }
}

/** The bytes of a file, in a buffer that grows by doubling. */
class Content {
  #buffer = Buffer.alloc(4096)
  #length = 0

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  clone(): Content {
    const other = new Content()
    other.write(0, this.bytes())
    return other
  }

  write(at: number, bytes: Buffer): void {
    const length = at + bytes.length
    if (length > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(length, this.#buffer.length * 2))
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    bytes.copy(this.#buffer, at)
    this.#length = Math.max(this.#length, length)
  }

  /** A file that grows again has zeros there. */
  truncate(length: number): void {
    if (length > this.#length) this.write(length - 1, Buffer.alloc(1))
    else this.#buffer.fill(0, length, this.#length)
    this.#length = length
  }
}
