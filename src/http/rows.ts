import { type EntryRow, ledger } from '../projections/ledger.js'
import type { RowQuery } from '../views/port.js'
import { RequestRefused } from './errors.js'
import { LEDGER, type Parts } from './parts.js'
import { readToken, writeToken } from './token.js'

export interface Entry extends EntryRow {
  readonly leaf: number
}

/** Entries of an account; their order is that of the query. */
export const readEntries = async ({ views }: Parts, query: RowQuery): Promise<readonly Entry[]> => {
  const records = await views.rows(LEDGER, query)
  return records.map(({ body, leaf }) => ({ ...ledger.rowBody.decode(body), leaf }))
}

/** The entry of an account at a leaf; `null`: there is none. */
export const readEntry = async ({ views }: Parts, key: string, leaf: number): Promise<Entry | null> => {
  const record = await views.row(LEDGER, { key, leaf })
  return record === null ? null : { ...ledger.rowBody.decode(record.body), leaf }
}

/** Leaf numbers, both inclusive. */
export type Range = Pick<RowQuery, 'from' | 'to'>

/** Where a list goes on, as a query: `from` forwards, `to` backwards. `undefined`: it begins. */
export const bounds = (cursor: string | undefined, direction: RowQuery['direction']): Range => {
  if (cursor === undefined) return {}
  const leaf = readToken('c1', cursor)
  if (leaf === null) throw new RequestRefused('cursor_invalid')
  return direction === 'forwards' ? { from: leaf } : { to: leaf }
}

/** A `Link` to the page that begins at this leaf. */
export const nextLink = (path: string, query: Readonly<Record<string, string>>, leaf: number): string => {
  const search = new URLSearchParams({ ...query, cursor: writeToken('c1', leaf) })
  return `<${path}?${search}>; rel="next"`
}
