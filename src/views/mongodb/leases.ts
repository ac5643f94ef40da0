import type { Lease } from '../port.js'
import type { ViewDatabase } from './database.js'
import { record } from './records.js'

/** One record per name; `at` is the beat. */
const LEASES = '_leases'

export const readLease = async (database: ViewDatabase, name: string): Promise<Lease | null> => {
  const [found] = await database.find(LEASES, { _id: name }, { limit: 1 })
  if (found === undefined) return null
  const { at, body } = record(found)
  return { holder: String(body.holder), beat: at }
}

/** `false`: another one than `seen` lies there. */
export const takeLease = async (
  database: ViewDatabase,
  name: string,
  { seen, next: { holder, beat } }: { readonly seen: Lease | null; readonly next: Lease },
): Promise<boolean> => {
  const lease = { _id: name, at: beat, body: { holder } }
  if (seen === null) return (await database.write(LEASES, [{ insertOne: { document: lease } }])).length === 0
  return database.replace(LEASES, { _id: name, at: seen.beat, body: { holder: seen.holder } }, lease)
}
