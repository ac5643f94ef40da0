import Database from 'better-sqlite3'
import type { GatewayState } from '../port.js'
import type { Outcome } from './rules.js'

export interface SandboxRecord {
  readonly id: string
  /** Of a refund: the charge. */
  readonly charge: string | null
  /** Our order id, or of a refund our refund id. */
  readonly orderId: string
  readonly amount: string
  readonly currency: string
  readonly card: string | null
  /** Milliseconds since 1970: from then on the state is `outcome`. */
  readonly due: number
  readonly outcome: Outcome
  /** What was done to it since, and stays. */
  readonly fate: GatewayState | null
}

export interface SandboxRecords {
  insert(record: SandboxRecord): void
  byId(id: string): SandboxRecord | undefined
  /** The oldest first, refunds too. */
  byOrder(orderId: string): readonly SandboxRecord[]
  refundsOf(charge: string): readonly SandboxRecord[]
  setFate(id: string, fate: GatewayState): void
  isKept(card: string): boolean
  /** What it does, it does whole or not at all; when it returns, it is on disk for good. */
  atomically<Result>(work: () => Result): Result
  close(): void
}

/** Milliseconds that another process may keep the file busy; this thread waits. */
const PATIENCE = 1_000
const LAYOUT = 1

/** `:memory:` keeps them as long as this object. Throws what SQLite throws, and where the file is not ours. */
export const openRecords = (path: string): SandboxRecords => {
  const database = new Database(path, { timeout: PATIENCE })
  try {
    prepare(database)
    return recordsIn(database)
  } catch (error) {
    database.close()
    throw error
  }
}

const prepare = (database: Database.Database): void => {
  database.pragma('synchronous = FULL')
  const layout = (): unknown => database.pragma('user_version', { simple: true })
  const create = database.transaction(() => {
    // Another process may be faster.
    database.exec(`
      CREATE TABLE IF NOT EXISTS transactions (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, charge TEXT,
        orderId TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL, card TEXT, due INTEGER NOT NULL,
        outcome TEXT NOT NULL, fate TEXT) STRICT;
      CREATE INDEX IF NOT EXISTS byOrder ON transactions (orderId);
      CREATE INDEX IF NOT EXISTS byCharge ON transactions (charge) WHERE charge IS NOT NULL;
      CREATE INDEX IF NOT EXISTS byCard ON transactions (card) WHERE card IS NOT NULL;
      PRAGMA user_version = ${LAYOUT}`)
  })
  if (layout() === 0) create.immediate()
  if (layout() !== LAYOUT) throw new Error(`it has layout ${layout()}; this program knows ${LAYOUT}`)
}

const recordsIn = (database: Database.Database): SandboxRecords => {
  const insert = database.prepare<[SandboxRecord]>(`
    INSERT INTO transactions (id, charge, orderId, amount, currency, card, due, outcome, fate)
    VALUES (@id, @charge, @orderId, @amount, @currency, @card, @due, @outcome, @fate)`)
  const select = 'SELECT id, charge, orderId, amount, currency, card, due, outcome, fate FROM transactions'
  const byId = database.prepare<[string], SandboxRecord>(`${select} WHERE id = ?`)
  const byOrder = database.prepare<[string], SandboxRecord>(`${select} WHERE orderId = ? ORDER BY number`)
  const refunds = database.prepare<[string], SandboxRecord>(`${select} WHERE charge = ? ORDER BY number`)
  const fate = database.prepare<[string, string]>('UPDATE transactions SET fate = ? WHERE id = ?')
  const kept = database.prepare<[string]>('SELECT 1 FROM transactions WHERE card = ? LIMIT 1')
  return {
    insert: (record) => {
      insert.run(record)
    },
    byId: (id) => byId.get(id),
    byOrder: (orderId) => byOrder.all(orderId),
    refundsOf: (charge) => refunds.all(charge),
    setFate: (id, state) => {
      fate.run(state, id)
    },
    isKept: (card) => kept.get(card) !== undefined,
    atomically: (work) => database.transaction(work).immediate(),
    close: () => {
      database.close()
    },
  }
}
