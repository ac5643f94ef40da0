import {
  BuildIsLive,
  type BuildName,
  type BuildSpec,
  type DocumentRecord,
  type Lease,
  type RowKey,
  type RowQuery,
  type RowRecord,
  type ViewBatch,
  type ViewBuild,
  type ViewCheckpoint,
  type ViewReader,
  type ViewStore,
} from './port.js'

/** The fault that `failAfter` ordered. */
export class WriteCutOff extends Error {
  readonly code = 'write_cut_off'
}

export interface MemoryViewStore extends ViewStore {
  /** The next `writes` single writes are done, the one after them throws `WriteCutOff`, once; what was written stays. */
  failAfter(writes: number): void
}

interface Tables {
  readonly spec: BuildSpec
  readonly documents: Map<string, DocumentRecord>
  readonly rows: Map<string, RowRecord>
  checkpoint: ViewCheckpoint | null
}

/** Views in memory, without transactions: a batch that is cut off stays half written, as on the weakest store. */
export const createMemoryViewStore = (): MemoryViewStore => {
  const builds = new Map<string, Map<BuildName, Tables>>()
  const live = new Map<string, BuildName>()
  const leases = new Map<string, Lease>()
  const fault = { after: Number.POSITIVE_INFINITY }
  const of = (projection: string): Map<BuildName, Tables> => {
    const known = builds.get(projection) ?? new Map<BuildName, Tables>()
    builds.set(projection, known)
    return known
  }
  const step = (): void => {
    if (fault.after-- > 0) return
    fault.after = Number.POSITIVE_INFINITY
    throw new WriteCutOff('cut off here')
  }
  return {
    failAfter: (writes) => {
      fault.after = writes
    },
    reader: createReader((projection) => of(projection).get(live.get(projection) ?? '')),
    liveBuild: async (projection) => live.get(projection) ?? null,
    makeLive: async (projection, build) => {
      live.set(projection, build)
    },
    createBuild: async (spec) => {
      const known = of(spec.projection)
      const numbers = [...known.keys()].filter((name) => name.startsWith(`${spec.version}.`)).map(numberOf)
      const name = `${spec.version}.${Math.max(0, ...numbers) + 1}`
      const tables: Tables = { spec, documents: new Map(), rows: new Map(), checkpoint: null }
      known.set(name, tables)
      return createBuild(name, tables, step)
    },
    openBuild: async (spec, name) => {
      const tables = of(spec.projection).get(name)
      if (tables === undefined) throw new Error(`no build ${name} of ${spec.projection}`)
      return createBuild(name, tables, step)
    },
    builds: async (projection) => [...of(projection).keys()],
    dropBuild: async ({ projection }, build) => {
      if (live.get(projection) === build) throw new BuildIsLive(`The build ${build} of ${projection} is the live one.`)
      of(projection).delete(build)
    },
    lease: async (name) => leases.get(name) ?? null,
    takeLease: async (name, seen, next) => {
      const found = leases.get(name)
      if (found?.holder !== seen?.holder || found?.beat !== seen?.beat) return false
      leases.set(name, next)
      return true
    },
    close: async () => {},
  }
}

const numberOf = (build: BuildName): number => Number.parseInt(build.slice(build.indexOf('.') + 1), 10)
const rowId = ({ key, leaf }: RowKey): string => `${leaf} ${key}`

const createBuild = (name: BuildName, tables: Tables, step: () => void): ViewBuild => {
  const put = <Value extends { at: number }>(into: Map<string, Value>, id: string, value: Value): void => {
    step()
    const before = into.get(id)
    if (before === undefined || before.at < value.at) into.set(id, value)
  }
  return {
    name,
    checkpoint: async () => tables.checkpoint,
    documents: async (keys) => keys.flatMap((key) => tables.documents.get(key) ?? []),
    rows: async (keys) => keys.flatMap((key) => tables.rows.get(rowId(key)) ?? []),
    commit: async ({ rows, documents, checkpoint }: ViewBatch) => {
      for (const row of rows) put(tables.rows, rowId(row), row)
      for (const document of documents) put(tables.documents, document.key, document)
      if (checkpoint === undefined) return
      step()
      if (checkpoint.leaf > (tables.checkpoint?.leaf ?? -1)) tables.checkpoint = checkpoint
    },
    finish: async () => {},
    async *allDocuments() {
      yield* [...tables.documents.values()].sort(byKey)
    },
    async *allRows() {
      yield* [...tables.rows.values()].sort((a, b) => byKey(a, b) || a.leaf - b.leaf)
    },
  }
}

const byKey = (a: { key: string }, b: { key: string }): number => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))

const createReader = (liveTables: (projection: string) => Tables | undefined): ViewReader => ({
  document: async (projection, key) => liveTables(projection)?.documents.get(key) ?? null,
  row: async (projection, key) => liveTables(projection)?.rows.get(rowId(key)) ?? null,
  rows: async (projection, { key, from = 0, to = Number.POSITIVE_INFINITY, direction, max }: RowQuery) => {
    const rows = [...(liveTables(projection)?.rows.values() ?? [])]
      .filter((row) => row.key === key && row.leaf >= from && row.leaf <= to)
      .sort((a, b) => a.leaf - b.leaf)
    return (direction === 'forwards' ? rows : rows.reverse()).slice(0, max)
  },
  checkpoint: async (projection) => liveTables(projection)?.checkpoint ?? null,
  close: async () => {},
})
