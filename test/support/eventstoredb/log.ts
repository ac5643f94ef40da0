import { ANY, STREAM_EXISTS } from './expected.js'
import { type LogFile, openLogFile } from './log-file.js'
import { decodeRecord, encodeRecords, type Proposed, type Recorded, recordLength } from './record.js'

/** The server remembers between one and two times so many ids for appends that expect `any`; none when it starts. */
const REMEMBERED = 50_000

interface Committed {
  readonly stream: string
  readonly revision: number
}

export interface Append {
  readonly stream: string
  /** A revision from 0, or one of `expected.ts`. */
  readonly expected: number
  readonly events: readonly Proposed[]
}

export type Outcome =
  | { readonly kind: 'done'; readonly revision: number; readonly position: number | null }
  | { readonly kind: 'wrong'; readonly current: number }

/** An append that wrote events: they lie in the log from `from` on, counted from 0. */
export interface Written {
  readonly from: number
  readonly stream: string
  readonly events: readonly Proposed[]
}

/** The log and its index. All of it is synchronous: what is appended is on disk when `append` returns. */
export class Log {
  readonly #file: LogFile
  /** By index in the log. */
  readonly #positions: number[] = []
  /** By stream and revision: the index in the log. */
  readonly #streams = new Map<string, number[]>()
  #committed = new Map<string, Committed>()
  #committedBefore = new Map<string, Committed>()
  readonly #listeners = new Set<(written: Written) => void>()
  readonly #now: () => number

  /** `now` in milliseconds since 1970, for `created`. */
  constructor(directory: string, now: () => number) {
    this.#now = now
    this.#file = openLogFile(directory, (body, position) => {
      for (let at = 0; at < body.length; at += recordLength(body, at))
        this.#index(decodeRecord(body, at, position + at).stream, position + at)
    })
  }

  get count(): number {
    return this.#positions.length
  }

  /** The last revision of a stream, -1 where there is none. */
  last(stream: string): number {
    return (this.#streams.get(stream)?.length ?? 0) - 1
  }

  position(index: number): number {
    return this.#positions[index] ?? this.#file.end()
  }

  /** The index of the first event at a position or after it; `exact` when one begins there, or the log ends there or before. */
  find(position: bigint): { readonly index: number; readonly exact: boolean } {
    let low = 0
    let high = this.#positions.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (BigInt(this.position(middle)) < position) low = middle + 1
      else high = middle
    }
    return { index: low, exact: BigInt(this.position(low)) === position || position >= BigInt(this.#file.end()) }
  }

  /** Events by their index, at most `max` of them. */
  page(from: number, max: number): readonly Recorded[] {
    const to = Math.min(from + max, this.count)
    if (to <= from) return []
    const start = this.position(from)
    const bytes = this.#file.read(start, this.position(to) - start)
    return this.#positions.slice(from, to).map((position) => decodeRecord(bytes, position - start, position))
  }

  /** The event of a stream at a revision. */
  at(stream: string, revision: number): Recorded | undefined {
    const index = this.#streams.get(stream)?.[revision]
    return index === undefined ? undefined : this.page(index, 1)[0]
  }

  append({ stream, expected, events }: Append): Outcome {
    const checked = this.#check({ stream, expected, events })
    if (checked !== 'write') return checked
    if (events.length === 0) return { kind: 'done', revision: this.last(stream), position: null }
    const first = this.last(stream) + 1
    const from = this.count
    const place = { stream, revision: first, position: this.#file.next(), created: this.#now() }
    const { bytes, positions } = encodeRecords(events, place)
    this.#file.append(bytes)
    for (const position of positions) this.#index(stream, position)
    for (const [offset, { id }] of events.entries()) this.#remember(id, stream, first + offset)
    for (const listener of this.#listeners) listener({ from, stream, events })
    return { kind: 'done', revision: this.last(stream), position: positions.at(-1) ?? null }
  }

  /** Calls back after every append that wrote events, until the function it returns is called. */
  listen(listener: (written: Written) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#file.close()
  }

  /** The server's own order of checks (`IndexWriter.CheckCommit` in its source). */
  #check({ stream, expected, events }: Append): Outcome | 'write' {
    const current = this.last(stream)
    const wrong: Outcome = { kind: 'wrong', current }
    if (expected === STREAM_EXISTS && current < 0 && this.last(`$$${stream}`) < 0) return wrong
    const known = expected === ANY || expected === STREAM_EXISTS ? this.#known(stream, events) : null
    if (known !== null) return known === 'no' ? 'write' : known === 'partly' ? wrong : this.#again(stream, known)
    if (expected === current) return 'write'
    if (expected > current || events.length === 0) return wrong
    const same = events.every(({ id }, offset) => this.at(stream, expected + 1 + offset)?.id === id)
    return same ? this.#again(stream, expected + events.length) : wrong
  }

  /** With `any`, the ids alone decide, as far as they are remembered: the last one's revision, or how they are not known. */
  #known(stream: string, events: readonly Proposed[]): number | 'no' | 'partly' {
    const known = events.map(({ id }) => this.#recall(id)).filter((place) => place?.stream === stream)
    if (known.length === events.length) return known.at(-1)?.revision ?? 'no'
    return this.#recall(events[0]?.id ?? '')?.stream === stream ? 'partly' : 'no'
  }

  #again(stream: string, revision: number): Outcome {
    return { kind: 'done', revision, position: this.at(stream, revision)?.position ?? null }
  }

  #index(stream: string, position: number): void {
    const index = this.#positions.push(position) - 1
    const revisions = this.#streams.get(stream)
    if (revisions === undefined) this.#streams.set(stream, [index])
    else revisions.push(index)
  }

  #recall(id: string): Committed | undefined {
    return this.#committed.get(id) ?? this.#committedBefore.get(id)
  }

  #remember(id: string, stream: string, revision: number): void {
    if (this.#committed.size === REMEMBERED) {
      this.#committedBefore = this.#committed
      this.#committed = new Map()
    }
    this.#committed.set(id, { stream, revision })
  }
}
