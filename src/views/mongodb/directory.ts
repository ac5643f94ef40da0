import { BuildGone, BuildIsLive, type BuildName, type BuildSpec, type JsonObject } from '../port.js'
import type { ViewDatabase } from './database.js'
import { record, toBody } from './records.js'

/** One record per projection, changed as a whole under its revision: so the pointer and the builds never disagree. */
export const DIRECTORY = '_directory'
/** One record per build, from its beginning until it is dropped; `at` is the leaf, -1 before the first. */
export const CHECKPOINTS = '_checkpoints'

export interface Entry {
  readonly build: BuildName
  readonly documents: string
  readonly rows: string | null
  /** Its collections are going. */
  readonly dropping: boolean
}

export interface Directory {
  readonly live: BuildName | null
  /** The last number of each version that was ever given: none is given twice, for a projector that sleeps may still write to the dropped build. */
  readonly numbers: { readonly [version: string]: number }
  /** Oldest first. */
  readonly builds: readonly Entry[]
}

export const collectionOf = (view: string, build: BuildName): string => `${view}@${build}`
export const checkpointId = (projection: string, build: BuildName): string => `${projection}@${build}`

export const readDirectory = async (database: ViewDatabase, projection: string): Promise<Directory> =>
  (await read(database, projection)).directory

export const liveEntry = ({ live, builds }: Directory): Entry | null =>
  builds.find(({ build }) => build === live) ?? null

const read = async (database: ViewDatabase, projection: string) => {
  const [found] = await database.find(DIRECTORY, { _id: projection }, { limit: 1 })
  if (found === undefined) return { at: 0, directory: { live: null, numbers: {}, builds: [] } }
  const { at, body } = record(found)
  // What `change` wrote.
  return { at, directory: body as unknown as Directory }
}

/** Applies a step to the newest directory; again when another process was faster. */
const change = async (
  database: ViewDatabase,
  projection: string,
  step: (directory: Directory) => Directory,
): Promise<Directory> => {
  for (;;) {
    const { at, directory } = await read(database, projection)
    const next = step(directory)
    const body = toBody(next as unknown as JsonObject)
    const changed = { _id: projection, at: at + 1, body }
    const done =
      at === 0
        ? (await database.write(DIRECTORY, [{ insertOne: { document: changed } }])).length === 0
        : await database.replace(DIRECTORY, { _id: projection, at }, changed)
    if (done) return next
  }
}

/** Gives the next free number of its version. */
export const addBuild = async (database: ViewDatabase, spec: BuildSpec): Promise<BuildName> => {
  const { projection, version, documents, rows } = spec
  const next = ({ numbers }: Directory): number => (numbers[version] ?? 0) + 1
  const { numbers } = await change(database, projection, (directory) => {
    const number = next(directory)
    const entry = { build: `${version}.${number}`, documents, rows, dropping: false }
    const builds = [...directory.builds, entry].sort(byAge)
    return { ...directory, numbers: { ...directory.numbers, [version]: number }, builds }
  })
  const build = `${version}.${numbers[version]}`
  await database.write(CHECKPOINTS, [
    { insertOne: { document: { _id: checkpointId(projection, build), at: -1, body: {} } } },
  ])
  return build
}

const byAge = (a: Entry, b: Entry): number => a.build.localeCompare(b.build, 'en', { numeric: true })

/** Rejects with `BuildGone` where there is no such build. */
export const pointTo = async (database: ViewDatabase, projection: string, build: BuildName): Promise<void> => {
  await change(database, projection, (directory) => {
    if (directory.builds.some((entry) => entry.build === build && !entry.dropping)) return { ...directory, live: build }
    throw new BuildGone(`There is no build ${build} of ${projection}.`)
  })
}

/** Cut off anywhere, it is done again. A projector learns it by the checkpoint, which goes before the collections. */
export const removeBuild = async (database: ViewDatabase, projection: string, build: BuildName): Promise<void> => {
  const { builds } = await change(database, projection, (directory) => {
    if (directory.live === build) throw new BuildIsLive(`The build ${build} of ${projection} is the live one.`)
    const mark = (entry: Entry): Entry => (entry.build === build ? { ...entry, dropping: true } : entry)
    return { ...directory, builds: directory.builds.map(mark) }
  })
  const entry = builds.find((one) => one.build === build)
  if (entry === undefined) return
  await database.remove(CHECKPOINTS, checkpointId(projection, build))
  await dropCollections(database, entry, build)
  await change(database, projection, (directory) => ({
    ...directory,
    builds: directory.builds.filter((one) => one.build !== build),
  }))
}

export const dropCollections = async (
  database: ViewDatabase,
  { documents, rows }: Pick<Entry, 'documents' | 'rows'>,
  build: BuildName,
): Promise<void> => {
  for (const view of [documents, rows]) if (view !== null) await database.drop(collectionOf(view, build))
}
