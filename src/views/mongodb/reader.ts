import type { RowQuery, ViewReader } from '../port.js'
import { toCheckpoint } from './build.js'
import type { ViewDatabase } from './database.js'
import { CHECKPOINTS, checkpointId, collectionOf, type Entry, liveEntry, readDirectory } from './directory.js'
import { integer, keyId, rowId, toDocument, toRow } from './records.js'

/**
 * Each query reads the pointer beside the build that was live last time, so it takes one round trip. Nothing found may mean that the build was
 * dropped in between: then the pointer is read once more.
 */
export const createMongoReader = (database: ViewDatabase): ViewReader => {
  const seen = new Map<string, Entry>()
  const live = async (projection: string): Promise<Entry | null> => liveEntry(await readDirectory(database, projection))

  const query = async <Found>(
    projection: string,
    look: (entry: Entry) => Promise<readonly Found[]>,
  ): Promise<readonly Found[]> => {
    let known = seen.get(projection)
    for (;;) {
      const [now, found] = await Promise.all([live(projection), known === undefined ? [] : look(known)])
      if (now === null) return []
      const same = now.build === known?.build
      if (same && (found.length > 0 || (await live(projection))?.build === now.build)) return found
      known = now
      seen.set(projection, now)
    }
  }

  const rows = (projection: string, find: (name: string) => Promise<readonly unknown[]>) =>
    query(projection, async (entry) =>
      entry.rows === null ? [] : (await find(collectionOf(entry.rows, entry.build))).map(toRow),
    )

  return {
    document: async (projection, key) => {
      const [found] = await query(projection, async ({ documents, build }) =>
        (await database.find(collectionOf(documents, build), { _id: keyId(key) }, { limit: 1 })).map(toDocument),
      )
      return found ?? null
    },
    row: async (projection, key) => {
      const [found] = await rows(projection, (name) => database.find(name, { _id: rowId(key) }, { limit: 1 }))
      return found ?? null
    },
    rows: (projection, { key, from = 0, to = Number.MAX_SAFE_INTEGER, direction, max }: RowQuery) => {
      const filter = { key: keyId(key), leaf: { $gte: integer(from), $lte: integer(to) } }
      const sort = { leaf: direction === 'forwards' ? 1 : -1 } as const
      return rows(projection, (name) => database.find(name, filter, { limit: max, sort }))
    },
    checkpoint: async (projection) => {
      const [found] = await query(projection, async ({ build }) => {
        const id = checkpointId(projection, build)
        return (await database.find(CHECKPOINTS, { _id: id }, { limit: 1 })).flatMap((one) => toCheckpoint(one) ?? [])
      })
      return found ?? null
    },
    close: () => database.close(),
  }
}
