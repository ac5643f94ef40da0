import type { LedgerEvent } from '../../events/envelope.js'
import type { AnyProjection } from '../../src/follower/projection.js'
import { projections } from '../../src/projections/projections.js'
import type { DocumentRecord, RowRecord, ViewReader } from '../../src/views/port.js'

interface Folded {
  readonly documents: Map<string, DocumentRecord>
  readonly rows: RowRecord[]
}

/** One projection's fold of a log. */
const folded = (projection: AnyProjection, log: readonly LedgerEvent[]): Folded => {
  const documents = new Map<string, DocumentRecord>()
  const rows: RowRecord[] = []
  const body = projection.rowBody
  for (const event of log) {
    if (!projection.handles.includes(event.type)) continue
    for (const key of projection.keys(event)) {
      const at = { leaf: event.leaf, key, context: {} }
      const before = documents.get(key)
      const document = projection.evolve(before && projection.document.decode(before.body), event, at)
      documents.set(key, { key, at: event.leaf, body: projection.document.encode(document) })
      const row = projection.rows === null ? undefined : projection.row(document, event, at)
      if (row !== undefined) rows.push({ key, leaf: event.leaf, at: event.leaf, body: body.encode(row) })
    }
    for (const { key, leaf } of projection.rowKeys(event)) {
      const index = rows.findIndex((row) => row.key === key && row.leaf === leaf)
      const row = rows[index]
      const at = { leaf: event.leaf, key, context: {} }
      if (row !== undefined) {
        const changed = projection.evolveRow(body.decode(row.body), event, at)
        rows[index] = { ...row, at: event.leaf, body: body.encode(changed) }
      }
    }
  }
  return { documents, rows }
}

/** A reader of the folds of a log, all projections. */
export const viewsOf = (log: readonly LedgerEvent[]): ViewReader => {
  const all = new Map(projections.map((projection) => [projection.name, folded(projection, log)]))
  const of = (name: string): Folded => {
    const found = all.get(name)
    if (found === undefined) throw new Error(`there is no projection ${name}`)
    return found
  }
  const last = log.at(-1)
  return {
    document: async (name, key) => of(name).documents.get(key) ?? null,
    row: async (name, { key, leaf }) => of(name).rows.find((row) => row.key === key && row.leaf === leaf) ?? null,
    rows: async (name, { key, from = 0, to = Number.MAX_SAFE_INTEGER, direction, max }) => {
      const found = of(name).rows.filter((row) => row.key === key && row.leaf >= from && row.leaf <= to)
      return (direction === 'forwards' ? found : found.reverse()).slice(0, max)
    },
    checkpoint: async () =>
      last === undefined ? null : { epoch: 'epoch', position: last.leaf, id: last.id, leaf: last.leaf, context: {} },
    close: async () => {},
  }
}
