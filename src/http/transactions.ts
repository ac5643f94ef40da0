import { placeKey, type TransactionRow, transactions } from '../projections/transactions.js'
import type { RowQuery } from '../views/port.js'
import { RequestRefused } from './errors.js'
import type { Parts } from './parts.js'

export interface Transaction extends TransactionRow {
  readonly leaf: number
}

/** Of an account; their order is that of the query. */
export const readTransactions = async ({ views }: Parts, query: RowQuery): Promise<readonly Transaction[]> => {
  const records = await views.rows(transactions.name, query)
  return records.map(({ body, leaf }) => ({ ...transactions.rowBody.decode(body), leaf }))
}

/** An account's, by its 24 hex digits or by our id. Throws `RequestRefused`. */
export const findTransaction = async ({ views }: Parts, account: string, id: string): Promise<Transaction> => {
  const place = await views.document(transactions.name, placeKey(account, id))
  const found = place === null ? null : transactions.document.decode(place.body)
  const row = found?.kind === 'place' ? await views.row(transactions.name, { key: account, leaf: found.leaf }) : null
  if (row === null) throw new RequestRefused('transaction_not_found')
  return { ...transactions.rowBody.decode(row.body), leaf: row.leaf }
}
