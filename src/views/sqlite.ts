import type Database from 'better-sqlite3'
import { openDisposable } from '../sqlite/disposable.js'
import { BuildIsLive, type BuildName, type BuildSpec, type Lease, type ViewReader, type ViewStore } from './port.js'
import { createTables, openSqliteBuild, type Turn, table } from './sqlite-build.js'
import { openSqliteReader } from './sqlite-reader.js'

export interface SqliteViewStoreOptions {
  readonly path: string
  /** Left out: the machine's. */
  readonly bootId?: string
}

const BUSY_MS = 200

const oneByOne = (): Turn => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
}

/** The views in one SQLite file, for its one writing thread; other threads and processes use `openSqliteViewReader`. */
export const openSqliteViewStore = (options: SqliteViewStoreOptions): ViewStore => {
  const { database, close } = openDisposable({ ...options, layout: 'views-1' })
  // Whoever is refused tries again; meanwhile the thread is for the others.
  database.pragma(`busy_timeout = ${BUSY_MS}`)
  database.exec(`
    CREATE TABLE IF NOT EXISTS "_live" (projection TEXT PRIMARY KEY, build TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS "_builds" (projection TEXT, build TEXT, version INTEGER NOT NULL, number INTEGER NOT NULL,
      documents TEXT NOT NULL, rows TEXT, PRIMARY KEY (projection, build)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS "_checkpoints" (projection TEXT, build TEXT, leaf INTEGER NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (projection, build)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS "_leases" (name TEXT PRIMARY KEY, holder TEXT NOT NULL, beat INTEGER NOT NULL) WITHOUT ROWID;`)
  const turn = oneByOne()
  const reader = openSqliteViewReader(options.path)
  return {
    reader,
    ...pointer(database, turn),
    ...builds(database, turn),
    ...leases(database, turn),
    close: async () => {
      await turn(async () => undefined)
      await reader.close()
      close()
    },
  }
}

/** The file must exist: whoever writes it opens it first. Close readers before the writer, else the file is not settled. */
export const openSqliteViewReader = (path: string): ViewReader => openSqliteReader(path)

const pointer = (database: Database.Database, turn: Turn): Pick<ViewStore, 'liveBuild' | 'makeLive'> => {
  const get = database.prepare('SELECT build FROM "_live" WHERE projection = ?').pluck()
  const put = database.prepare('INSERT OR REPLACE INTO "_live" (projection, build) VALUES (?, ?)')
  return {
    liveBuild: async (projection) => (get.get(projection) as BuildName | undefined) ?? null,
    makeLive: (projection, build) =>
      turn(async () => {
        put.run(projection, build)
      }),
  }
}

const leases = (database: Database.Database, turn: Turn): Pick<ViewStore, 'lease' | 'takeLease'> => {
  const get = database.prepare<[string], Lease>('SELECT holder, beat FROM "_leases" WHERE name = ?')
  const add = database.prepare('INSERT OR IGNORE INTO "_leases" (name, holder, beat) VALUES (?, ?, ?)')
  const put = database.prepare('UPDATE "_leases" SET holder = ?, beat = ? WHERE name = ? AND holder = ? AND beat = ?')
  return {
    lease: async (name) => get.get(name) ?? null,
    takeLease: (name, seen, { holder, beat }) =>
      turn(async () => {
        const result = seen === null ? add.run(name, holder, beat) : put.run(holder, beat, name, seen.holder, seen.beat)
        return result.changes === 1
      }),
  }
}

const builds = (
  database: Database.Database,
  turn: Turn,
): Pick<ViewStore, 'createBuild' | 'openBuild' | 'builds' | 'dropBuild'> => {
  const all = database.prepare('SELECT build FROM "_builds" WHERE projection = ? ORDER BY version, number').pluck()
  const add = database.prepare(
    'INSERT INTO "_builds" VALUES (@projection, @build, @version, @number, @documents, @rows)',
  )
  const last = database.prepare('SELECT max(number) FROM "_builds" WHERE projection = ? AND version = ?').pluck()

  const create = database.transaction((spec: BuildSpec): BuildName => {
    const { projection, version, documents, rows } = spec
    const number = ((last.get(projection, version) as number | null) ?? 0) + 1
    const build = `${version}.${number}`
    add.run({ projection, build, version, number, documents, rows })
    createTables(database, spec, build)
    return build
  })

  const drop = database.transaction((spec: BuildSpec, build: BuildName): void => {
    const live = database.prepare('SELECT 1 FROM "_live" WHERE projection = ? AND build = ?')
    if (live.get(spec.projection, build) !== undefined)
      throw new BuildIsLive(`The build ${build} of ${spec.projection} is the live one.`)
    const named = database.prepare('SELECT documents, rows FROM "_builds" WHERE projection = ? AND build = ?').raw()
    for (const view of (named.get(spec.projection, build) ?? []) as (string | null)[])
      if (view !== null) database.exec(`DROP TABLE ${table(view, build)}`)
    for (const name of ['_builds', '_checkpoints'])
      database.prepare(`DELETE FROM "${name}" WHERE projection = ? AND build = ?`).run(spec.projection, build)
  })

  return {
    createBuild: (spec) => turn(async () => openSqliteBuild(database, spec, create.immediate(spec), turn)),
    openBuild: async (spec, build) => openSqliteBuild(database, spec, build, turn),
    builds: async (projection) => all.all(projection) as BuildName[],
    dropBuild: (spec, build) => turn(async () => drop.immediate(spec, build)),
  }
}
