import { setImmediate } from 'node:timers/promises'
import type { DocumentRecord, RowRecord, ViewBuild } from '../views/port.js'

export interface Difference {
  readonly view: 'documents' | 'rows'
  readonly key: string
  /** Of a row. */
  readonly leaf: number | null
  /** What each build holds, as JSON; `null`: nothing. */
  readonly before: string | null
  readonly after: string | null
}

export interface Comparison {
  /** Held by both builds at one number, and compared. */
  readonly compared: number
  /** Held at different numbers: one build has seen more events, so there is nothing to compare. */
  readonly moved: number
  readonly different: number
  /** The first of them. */
  readonly differences: readonly Difference[]
}

/** Differences listed in full at most. */
const LISTED = 100

/**
 * Compares two builds, documents and rows, byte for byte. What only one build holds counts as different where the other has already seen
 * the event that made it.
 */
export const compare = async (before: ViewBuild, after: ViewBuild): Promise<Comparison> => {
  const seen = {
    before: (await before.checkpoint())?.leaf ?? -1,
    after: (await after.checkpoint())?.leaf ?? -1,
  }
  const found: { compared: number; moved: number; different: number; differences: Difference[] } = {
    compared: 0,
    moved: 0,
    different: 0,
    differences: [],
  }
  const note = (view: Difference['view'], { one, a, b }: Pair<Held>): void => {
    const comparable = a === undefined ? one.at <= seen.before : b === undefined ? one.at <= seen.after : a.at === b.at
    if (!comparable) {
      found.moved += 1
      return
    }
    found.compared += 1
    const [was, is] = [json(a), json(b)]
    if (was === is) return
    found.different += 1
    if (found.differences.length < LISTED)
      found.differences.push({ view, key: one.key, leaf: one.leaf ?? null, before: was, after: is })
  }
  const share = sharing()
  for await (const pair of pairs<DocumentRecord>(before.allDocuments(), after.allDocuments())) {
    note('documents', pair)
    await share()
  }
  for await (const pair of pairs<RowRecord>(before.allRows(), after.allRows())) {
    note('rows', pair)
    await share()
  }
  return found
}

/** Records compared before others have their turn on the thread. */
const TURN = 500

const sharing = (): (() => Promise<void> | undefined) => {
  let done = 0
  return () => {
    done += 1
    return done % TURN === 0 ? setImmediate() : undefined
  }
}

type Held = DocumentRecord & { readonly leaf?: number }

const json = (record: Held | undefined): string | null => (record === undefined ? null : JSON.stringify(record.body))

/** What two builds hold under one key; `one` is either of them that is there. */
interface Pair<One> {
  readonly one: One
  readonly a: One | undefined
  readonly b: One | undefined
}

/** Walks two ordered sequences side by side. */
async function* pairs<One extends Held>(
  left: AsyncIterable<One>,
  right: AsyncIterable<One>,
): AsyncGenerator<Pair<One>, void> {
  const [lefts, rights] = [left[Symbol.asyncIterator](), right[Symbol.asyncIterator]()]
  let [a, b] = [await next(lefts), await next(rights)]
  for (;;) {
    if (a !== undefined && (b === undefined || inOrder(a, b) < 0)) {
      yield { one: a, a, b: undefined }
      a = await next(lefts)
    } else if (b !== undefined && (a === undefined || inOrder(a, b) > 0)) {
      yield { one: b, a: undefined, b }
      b = await next(rights)
    } else if (a !== undefined) {
      yield { one: a, a, b }
      a = await next(lefts)
      b = await next(rights)
    } else return
  }
}

const next = async <One>(iterator: AsyncIterator<One>): Promise<One | undefined> => {
  const result = await iterator.next()
  return result.done ? undefined : result.value
}

/** Keys by their UTF-8 bytes, as the builds are. */
const inOrder = (a: Held, b: Held): number =>
  a.key === b.key ? (a.leaf ?? 0) - (b.leaf ?? 0) : Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))
