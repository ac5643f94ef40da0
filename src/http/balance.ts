import { type BalanceDocument, ledger } from '../projections/ledger.js'
import { RequestRefused } from './errors.js'
import { LEDGER } from './parts.js'
import type { Call } from './route.js'

/** Refuses who may not read an account, whether it exists or not. */
export const mustRead = ({ caller }: Call, account: string): void => {
  if (!caller.reads(account)) throw new RequestRefused('forbidden', `You may not read the account ${account}.`)
}

export interface Balance {
  readonly balance: BalanceDocument
  /** Leaf number of the last event that changed it. */
  readonly at: number
}

/** The balance of an account that the caller may read, and how far it has come. Throws `RequestRefused`. */
export const datedBalanceOf = async (call: Call, account: string): Promise<Balance> => {
  mustRead(call, account)
  const record = await call.parts.views.document(LEDGER, account)
  if (record === null) throw new RequestRefused('account_not_found', `There is no account ${account}.`)
  return { balance: ledger.document.decode(record.body), at: record.at }
}

/** The same without how far. */
export const balanceOf = async (call: Call, account: string): Promise<BalanceDocument> =>
  (await datedBalanceOf(call, account)).balance
