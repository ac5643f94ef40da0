import type { ViewDatabase, Write } from './database.js'
import type { Stored } from './records.js'

/** Records sent at once. */
const AT_ONCE = 1_000

/**
 * Writes records, each over a missing one or one with a lower `at`. A row that is still as its event made it has the lowest number
 * there can be under its key: it is only inserted, and one that is there is as new or newer.
 */
export const putGuarded = async (database: ViewDatabase, name: string, records: readonly Stored[]): Promise<void> => {
  for (let from = 0; from < records.length; from += AT_ONCE) {
    const some = records.slice(from, from + AT_ONCE)
    const refused = await database.write(name, some.map(firstWrite))
    // Its filter found no older record, or another projector's insert came between: only finding none now means "already newer".
    const again = refused.flatMap((index) => secondWrite(some[index]))
    if (again.length > 0) await database.write(name, again)
  }
}

const isNew = ({ at, leaf }: Stored): boolean => at === leaf

const firstWrite = (record: Stored): Write =>
  isNew(record) ? { insertOne: { document: record } } : replaceOlder(record, true)

const secondWrite = (record: Stored | undefined): readonly Write[] =>
  record === undefined || isNew(record) ? [] : [replaceOlder(record, false)]

const replaceOlder = (record: Stored, upsert: boolean): Write => ({
  replaceOne: { filter: { _id: record._id, at: { $lt: record.at } }, replacement: record, upsert },
})
