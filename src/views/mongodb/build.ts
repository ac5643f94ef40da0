import type { Filter, Sort } from 'mongodb'
import {
  BuildGone,
  type BuildName,
  type BuildSpec,
  type ViewBatch,
  type ViewBuild,
  type ViewCheckpoint,
} from '../port.js'
import type { ViewDatabase } from './database.js'
import { CHECKPOINTS, checkpointId, collectionOf, dropCollections } from './directory.js'
import { putGuarded } from './guarded.js'
import {
  fromDocument,
  fromRow,
  integer,
  keyId,
  record,
  rowId,
  type Stored,
  toBody,
  toDocument,
  toRow,
} from './records.js'

/** Read at a time. */
const PAGE = 1_000

export const openMongoBuild = (database: ViewDatabase, spec: BuildSpec, name: BuildName): ViewBuild => {
  const documents = collectionOf(spec.documents, name)
  const rows = spec.rows === null ? null : collectionOf(spec.rows, name)
  const commit = async (batch: ViewBatch): Promise<void> => {
    if (rows !== null) await putGuarded(database, rows, batch.rows.map(fromRow))
    await putGuarded(database, documents, batch.documents.map(fromDocument))
    if (batch.checkpoint !== undefined) await putCheckpoint(database, spec, name, batch.checkpoint)
  }
  return {
    name,
    checkpoint: () => readCheckpoint(database, spec.projection, name),
    documents: async (keys) => (await findAll(database, documents, keys.map(keyId))).map(toDocument),
    rows: async (keys) => (rows === null ? [] : (await findAll(database, rows, keys.map(rowId))).map(toRow)),
    commit,
    finish: async () => {
      if (rows !== null) await database.index(rows, indexesOf(spec))
    },
    async *allDocuments() {
      for await (const found of pages(database, documents, { _id: 1 }, behindDocument)) yield toDocument(found)
    },
    async *allRows() {
      if (rows === null) return
      for await (const found of pages(database, rows, { key: 1, leaf: 1 }, behindRow)) yield toRow(found)
    },
  }
}

const findAll = async (database: ViewDatabase, name: string, ids: readonly string[]): Promise<readonly unknown[]> => {
  const found: unknown[] = []
  for (let from = 0; from < ids.length; from += PAGE) {
    const some = ids.slice(from, from + PAGE)
    found.push(...(await database.find(name, { _id: { $in: some } }, { limit: some.length })))
  }
  return found
}

/** Rejects with `BuildGone` where the build was dropped. */
const readCheckpoint = async (
  database: ViewDatabase,
  projection: string,
  build: BuildName,
): Promise<ViewCheckpoint | null> => {
  const [found] = await database.find(CHECKPOINTS, { _id: checkpointId(projection, build) }, { limit: 1 })
  if (found === undefined) throw new BuildGone(`The build ${build} of ${projection} was dropped.`)
  return toCheckpoint(found)
}

/** `null`: the build holds nothing yet. */
export const toCheckpoint = (found: unknown): ViewCheckpoint | null => {
  const { at, body } = record(found)
  // What `putCheckpoint` wrote.
  return at === -1 ? null : (body as unknown as ViewCheckpoint)
}

/** Over a lower one. It is there from the build's beginning: without one, the build was dropped, and what was just written goes too. */
const putCheckpoint = async (
  database: ViewDatabase,
  spec: BuildSpec,
  build: BuildName,
  checkpoint: ViewCheckpoint,
): Promise<void> => {
  const _id = checkpointId(spec.projection, build)
  const at = integer(checkpoint.leaf)
  const body = toBody({ ...checkpoint, position: integer(checkpoint.position) })
  if (await database.replace(CHECKPOINTS, { _id, at: { $lt: at } }, { _id, at, body })) return
  try {
    await readCheckpoint(database, spec.projection, build)
  } catch (error) {
    if (error instanceof BuildGone) await dropCollections(database, spec, build)
    throw error
  }
}

const indexesOf = ({ indexes }: BuildSpec) => [
  { name: 'by-key', key: { key: 1, leaf: 1 } },
  ...indexes.map(({ name, fields }) => ({
    name: `by-${name}`,
    key: Object.fromEntries([['key', 1], ...fields.map((field) => [`body.${field}`, 1]), ['leaf', 1]]),
  })),
]

type Behind = (last: unknown) => Filter<Stored>

const behindDocument: Behind = (last) => ({ _id: { $gt: keyId(toDocument(last).key) } })

const behindRow: Behind = (last) => {
  const { key, leaf } = toRow(last)
  return { $or: [{ key: keyId(key), leaf: { $gt: leaf } }, { key: { $gt: keyId(key) } }] }
}

/** All records in order. No cursor stays open in between, so a server may come and go. */
async function* pages(database: ViewDatabase, name: string, sort: Sort, behind: Behind): AsyncGenerator<unknown, void> {
  let filter: Filter<Stored> = {}
  for (;;) {
    const page = await database.find(name, filter, { limit: PAGE, sort })
    yield* page
    if (page.length < PAGE) return
    filter = behind(page.at(-1))
  }
}
