import type { LedgerEvent } from '../../events/envelope.js'
import type { DocumentRecord, JsonObject, RowKey, RowRecord, ViewBuild } from '../views/port.js'
import type { Cache } from './cache.js'
import type { AnyProjection } from './projection.js'

/** A decoded document; `at` is -1 before its first event. */
export interface Held {
  readonly key: string
  value: unknown
  at: number
  /** Changed, and not written yet. */
  kept: boolean
}

export interface HeldRow extends Held {
  readonly leaf: number
}

interface Step {
  readonly event: LedgerEvent
  readonly documents: readonly Held[]
}

/** What a batch of events needs, loaded; the fold itself does no I/O. */
export interface Loaded {
  /** The events that the projection handles, each with the documents it changes. */
  readonly steps: readonly Step[]
  /** The rows that events of this batch change, by `rowId`: those loaded; the fold adds those it makes. */
  readonly rows: Map<string, HeldRow>
  readonly changing: ReadonlySet<string>
}

export const rowId = ({ key, leaf }: RowKey): string => `${leaf} ${key}`

/** Where documents and rows are found. */
export interface Sources {
  readonly build: ViewBuild
  /** Documents that need not be read from the build. */
  readonly documents: Pick<Cache<Held>, 'get' | 'set'>
  /** A row that is not in the build yet, or not as it is now. */
  row(key: RowKey): HeldRow | undefined
}

/**
 * Loads what is not in memory: first the documents, then the rows, so that a document found ahead has its rows. `events`: those that the
 * projection handles.
 */
export const load = async (
  projection: AnyProjection,
  sources: Sources,
  events: readonly LedgerEvent[],
): Promise<Loaded> => {
  const { build, documents } = sources
  const steps: Step[] = []
  const missing = new Map<string, Held>()
  const heldAs = (key: string): Held => {
    const known = documents.get(key) ?? missing.get(key)
    if (known !== undefined) return known
    const held = { key, value: undefined, at: -1, kept: false }
    missing.set(key, held)
    return held
  }
  for (const event of events) steps.push({ event, documents: projection.keys(event).map(heldAs) })
  if (missing.size > 0) {
    for (const { key, at, body } of await build.documents([...missing.keys()])) {
      const held = missing.get(key)
      if (held !== undefined) Object.assign(held, { value: projection.document.decode(body), at })
    }
    for (const [key, held] of missing) documents.set(key, held)
  }
  return { steps, ...(await loadRows(projection, sources, steps)) }
}

const loadRows = async (
  projection: AnyProjection,
  { build, documents, row: kept }: Sources,
  steps: readonly Step[],
): Promise<Pick<Loaded, 'rows' | 'changing'>> => {
  const rows = new Map<string, HeldRow>()
  const changing = new Set<string>()
  const wanted: RowKey[] = []
  let first = Number.POSITIVE_INFINITY
  for (const { event } of steps) {
    first = Math.min(first, event.leaf)
    for (const row of projection.rowKeys(event)) {
      const id = rowId(row)
      if (changing.has(id)) continue
      changing.add(id)
      const found = kept(row)
      if (found !== undefined) rows.set(id, found)
      // This batch makes the row itself, unless the document was found ahead of the event that makes it: then it is in the store.
      else if (row.leaf < first || (documents.get(row.key)?.at ?? -1) >= row.leaf) wanted.push(row)
    }
  }
  if (wanted.length > 0) {
    for (const { key, leaf, at, body } of await build.rows(wanted))
      rows.set(rowId({ key, leaf }), { key, leaf, at, value: projection.rowBody.decode(body), kept: false })
  }
  return { rows, changing }
}

/** Folds a loaded batch, skipping in each document and in each row what it already holds. */
export const fold = (projection: AnyProjection, loaded: Loaded, context: JsonObject): Folded => {
  const rows: HeldRow[] = []
  const changed: Held[] = []
  for (const { event, documents } of loaded.steps) {
    const { leaf } = event
    for (const held of documents) {
      if (held.at >= leaf) continue
      if (!held.kept) changed.push(held)
      const row = evolveDocument(projection, held, event, context)
      if (row === undefined) continue
      rows.push(row)
      if (loaded.changing.size > 0 && loaded.changing.has(rowId(row))) loaded.rows.set(rowId(row), row)
    }
    for (const key of projection.rowKeys(event)) {
      const row = loaded.rows.get(rowId(key))
      if (row === undefined || row.at >= leaf) continue
      if (!row.kept) rows.push(row)
      row.value = projection.evolveRow(row.value, event, { leaf, key: row.key, context })
      row.at = leaf
      row.kept = true
    }
  }
  return { rows, documents: changed }
}

/** What a fold changed and nobody had marked as changed before. */
export interface Folded {
  readonly rows: readonly HeldRow[]
  readonly documents: readonly Held[]
}

const evolveDocument = (
  projection: AnyProjection,
  held: Held,
  event: LedgerEvent,
  context: JsonObject,
): HeldRow | undefined => {
  const { key } = held
  const at = { leaf: event.leaf, key, context }
  held.value = projection.evolve(held.value, event, at)
  held.at = event.leaf
  held.kept = true
  const value = projection.rows === null ? undefined : projection.row(held.value, event, at)
  return value === undefined ? undefined : { key, leaf: event.leaf, at: event.leaf, value, kept: true }
}

export const encodeRows = ({ rowBody }: AnyProjection, rows: readonly HeldRow[]): readonly RowRecord[] =>
  rows.map(({ key, leaf, at, value }) => ({ key, leaf, at, body: rowBody.encode(value) }))

export const encodeDocuments = ({ document }: AnyProjection, held: Iterable<Held>): readonly DocumentRecord[] => {
  const records: DocumentRecord[] = []
  for (const { key, at, value } of held) records.push({ key, at, body: document.encode(value) })
  return records
}
