import {
  type AnyBulkWriteOperation,
  type Filter,
  type IndexDescription,
  MongoBulkWriteError,
  MongoNetworkTimeoutError,
  MongoServerError,
  type Sort,
} from 'mongodb'
import type { Connected } from '../../mongodb/connect.js'
import { DUPLICATE } from '../../mongodb/errors.js'
import type { Stored } from './records.js'

export type Write = AnyBulkWriteOperation<Stored>

/** What the views do with a database. Everything rejects with `ViewServerError`, `ViewStoreFull` or the driver's own error. */
export interface ViewDatabase {
  find(name: string, filter: Filter<Stored>, page: Page): Promise<readonly unknown[]>
  /** In any order, each succeeding or failing alone. Gives the indexes of those whose key was there already; rejects on any other failure. */
  write(name: string, writes: readonly Write[]): Promise<readonly number[]>
  /** `false`: nothing matched. */
  replace(name: string, filter: Filter<Stored>, record: Stored): Promise<boolean>
  remove(name: string, id: string): Promise<void>
  /** Those that are there already stay. */
  index(name: string, indexes: IndexDescription[]): Promise<void>
  /** Nothing to drop is as good. */
  drop(name: string): Promise<void>
  close(): Promise<void>
}

export interface Page {
  readonly limit: number
  readonly sort?: Sort
}

export const createViewDatabase = ({ db, run, close }: Connected): ViewDatabase => {
  const collection = (name: string) => db.collection<Stored>(name)
  return {
    find: (name, filter, { limit, sort }) =>
      run(() =>
        collection(name)
          .find(filter, { limit, batchSize: limit, ...(sort && { sort }) })
          .toArray(),
      ),
    write: (name, writes) => run(() => duplicatesOf(() => collection(name).bulkWrite(writes, { ordered: false }))),
    replace: (name, filter, record) =>
      run(async () => (await collection(name).replaceOne(filter, record)).matchedCount > 0),
    remove: (name, id) =>
      run(async () => {
        await collection(name).deleteOne({ _id: id })
      }),
    index: (name, indexes) => run(() => patiently(() => collection(name).createIndexes(indexes))),
    drop: (name) => run(() => unlessMissing(() => collection(name).drop())),
    close,
  }
}

/** Every write error is looked at: counts are wrong on some servers. */
const duplicatesOf = async (write: () => Promise<unknown>): Promise<readonly number[]> => {
  try {
    await write()
    return []
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error
    const failed = [error.writeErrors].flat()
    const unsure = failed.length === 0 || error.result.getWriteConcernError() !== undefined
    if (unsure || failed.some(({ code }) => code !== DUPLICATE)) throw error
    return failed.map(({ index }) => index)
  }
}

/** An index may take longer than we wait for an answer: asking again joins the work under way. A server that is gone ends it. */
const patiently = async (work: () => Promise<unknown>): Promise<void> => {
  for (;;) {
    try {
      await work()
      return
    } catch (error) {
      if (!(error instanceof MongoNetworkTimeoutError)) throw error
    }
  }
}

const unlessMissing = async (drop: () => Promise<unknown>): Promise<void> => {
  try {
    await drop()
  } catch (error) {
    // mongo-java-server says so without the code by which the driver knows it.
    if (!(error instanceof MongoServerError) || error.message !== 'ns not found') throw error
  }
}
