import Database from 'better-sqlite3'
import type {
  Charge,
  OpenHold,
  Order,
  OrderRefunds,
  OwnAccount,
  Recharge,
  Refund,
  Subscription,
} from '../ledger/state.js'
import type { BookFile, Dated, Head } from './books.js'
import type { KeyPlace } from './key-index.js'

/** How far the file has come. */
export interface BookCheckpoint {
  readonly epoch: string
  readonly position: number
  readonly id: string
  readonly leaf: number
  /** The latest `recordedAt` up to there. */
  readonly recordedAt: string
}

export const BOOK_SCHEMA = `
CREATE TABLE IF NOT EXISTS checkpoint (one INTEGER PRIMARY KEY CHECK (one = 1), epoch TEXT, position INTEGER, id TEXT, leaf INTEGER, recordedAt TEXT);
CREATE TABLE IF NOT EXISTS newest (one INTEGER PRIMARY KEY CHECK (one = 1), leaf INTEGER);
CREATE TABLE IF NOT EXISTS accounts (name TEXT PRIMARY KEY, currency TEXT, creditLimit TEXT, frozen INTEGER, net TEXT, held TEXT, holds TEXT, subscriptions TEXT, dueOn TEXT, card TEXT, replaced TEXT, charges TEXT,
  revision INTEGER, recordedAt TEXT, incoming TEXT, incomingLeaf INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS charges ON accounts (name) WHERE charges IS NOT NULL;
CREATE INDEX IF NOT EXISTS renewals ON accounts (dueOn, name) WHERE dueOn IS NOT NULL;
CREATE TABLE IF NOT EXISTS orders (leaf INTEGER PRIMARY KEY, at INTEGER, id TEXT, buyer TEXT, seller TEXT, amount TEXT, currency TEXT,
  state TEXT, paid TEXT, expiresAt TEXT, decidedAt INTEGER, decidedLeaf INTEGER, refunds TEXT);
CREATE INDEX IF NOT EXISTS due ON orders (expiresAt) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS refunds (leaf INTEGER PRIMARY KEY, at INTEGER, id TEXT, orderId TEXT, orderLeaf INTEGER, buyer TEXT, seller TEXT, amount TEXT,
  currency TEXT, state TEXT, requestedAt INTEGER, decidedAt INTEGER, decidedLeaf INTEGER);
CREATE TABLE IF NOT EXISTS recharges (leaf INTEGER PRIMARY KEY, at INTEGER, id TEXT, account TEXT, amount TEXT, currency TEXT, method TEXT, reversed TEXT);
CREATE TABLE IF NOT EXISTS documents (key TEXT PRIMARY KEY, at INTEGER, body TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heads (stream TEXT PRIMARY KEY, revision INTEGER, recordedAt TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys (hash INTEGER, leaf INTEGER, revision INTEGER, PRIMARY KEY (hash, leaf)) WITHOUT ROWID;
`

interface AccountRow {
  name: string
  currency: string | null
  creditLimit: string
  frozen: number
  net: string
  held: string
  holds: string | null
  subscriptions: string | null
  card: string | null
  replaced: string | null
  charges: string | null
  revision: number
  recordedAt: string
  incoming: string
  incomingLeaf: number
}

interface OrderRow {
  leaf: number
  at: number
  id: string
  buyer: string
  seller: string
  amount: string
  currency: string
  state: Order['payment']['state']
  paid: string
  expiresAt: string | null
  decidedAt: number
  decidedLeaf: number
  refunds: string | null
}

interface RefundRow extends Omit<Refund, 'amount' | 'order'> {
  at: number
  orderId: string
  amount: string
}

interface RechargeRow extends Omit<Recharge, 'amount' | 'reversed'> {
  at: number
  amount: string
  reversed: string
}

interface StoredHold extends Omit<OpenHold, 'amount'> {
  readonly amount: string
}

interface StoredRefunds {
  readonly refunded: string
  readonly open: readonly { readonly refund: string; readonly amount: string }[]
  readonly last: OrderRefunds['last']
}

/** The file is of our own making and discarded when in doubt, so its rows are taken at their word. */
const ownOf = (row: AccountRow): OwnAccount | undefined => {
  if (row.currency === null) return undefined
  const holds: readonly StoredHold[] = row.holds === null ? [] : JSON.parse(row.holds)
  const subscriptions: readonly Subscription[] = row.subscriptions === null ? [] : JSON.parse(row.subscriptions)
  const charges: readonly Charge[] = row.charges === null ? [] : JSON.parse(row.charges)
  return {
    name: row.name,
    currency: row.currency,
    creditLimit: BigInt(row.creditLimit),
    frozen: row.frozen === 1,
    net: BigInt(row.net),
    held: BigInt(row.held),
    holds: holds.map((hold) => ({ ...hold, amount: BigInt(hold.amount) })),
    subscriptions,
    card: row.card,
    replaced: row.replaced,
    charges,
    revision: row.revision,
    recordedAt: row.recordedAt,
  }
}

const refundsOf = (text: string | null): OrderRefunds => {
  if (text === null) return { refunded: 0n, open: [], last: null }
  const stored: StoredRefunds = JSON.parse(text)
  return {
    refunded: BigInt(stored.refunded),
    open: stored.open.map(({ refund, amount }) => ({ refund, amount: BigInt(amount) })),
    last: stored.last,
  }
}

const orderOf = (row: OrderRow): Dated<Order> => ({
  at: row.at,
  state: {
    facts: {
      id: row.id,
      leaf: row.leaf,
      buyer: row.buyer,
      seller: row.seller,
      amount: BigInt(row.amount),
      currency: row.currency,
    },
    payment: {
      state: row.state,
      paid: BigInt(row.paid),
      expiresAt: row.expiresAt,
      decidedAt: row.decidedAt,
      decidedLeaf: row.decidedLeaf,
    },
    refunds: refundsOf(row.refunds),
  },
})

/** Reads the write model's file through a connection of the caller's. */
export const readBookFile = (database: Database.Database): BookFile & ReadsMore => {
  const account = database.prepare<[string], AccountRow>('SELECT * FROM accounts WHERE name = ?')
  const order = database.prepare<[number], OrderRow>('SELECT * FROM orders WHERE leaf = ?')
  const refund = database.prepare<[number], RefundRow>('SELECT * FROM refunds WHERE leaf = ?')
  const recharge = database.prepare<[number], RechargeRow>('SELECT * FROM recharges WHERE leaf = ?')
  const document = database.prepare<[string], { at: number; body: string }>(
    'SELECT at, body FROM documents WHERE key = ?',
  )
  const head = database.prepare<[string], Head>('SELECT revision, recordedAt FROM heads WHERE stream = ?')
  const newest = database.prepare('SELECT coalesce(max(leaf), -1) FROM newest').pluck()
  const keys = database.prepare<[bigint], KeyPlace>('SELECT revision, leaf FROM keys WHERE hash = ?')
  const hashes = database.prepare<[bigint, number], bigint>(
    'SELECT hash FROM keys WHERE hash >= ? ORDER BY hash LIMIT ? + 0',
  )
  hashes.pluck().safeIntegers()
  const checkpoint = database.prepare<[], BookCheckpoint>(
    'SELECT epoch, position, id, leaf, recordedAt FROM checkpoint',
  )
  const due = database.prepare<[string, number], { leaf: number }>(
    "SELECT leaf FROM orders WHERE state = 'pending' AND expiresAt <= ? ORDER BY expiresAt LIMIT ?",
  )
  const renewals = database.prepare<[string, string, number], { name: string }>(
    'SELECT name FROM accounts WHERE dueOn <= ? AND name > ? ORDER BY name LIMIT ? + 0',
  )
  const charging = database.prepare<[string, number], { name: string }>(
    'SELECT name FROM accounts WHERE charges IS NOT NULL AND name > ? ORDER BY name LIMIT ? + 0',
  )
  return {
    account: (name) => {
      const row = account.get(name)
      return row && { own: ownOf(row), incoming: BigInt(row.incoming), incomingLeaf: row.incomingLeaf }
    },
    order: (leaf) => {
      const row = order.get(leaf)
      return row && orderOf(row)
    },
    refund: (leaf) => {
      const row = refund.get(leaf)
      if (row === undefined) return undefined
      const { at, orderId, amount, ...rest } = row
      return { at, state: { ...rest, order: orderId, amount: BigInt(amount) } }
    },
    recharge: (leaf) => {
      const row = recharge.get(leaf)
      if (row === undefined) return undefined
      const { at, amount, reversed, ...rest } = row
      return { at, state: { ...rest, amount: BigInt(amount), reversed: BigInt(reversed) } }
    },
    document: (key) => {
      const row = document.get(key)
      return row && { at: row.at, state: JSON.parse(row.body) }
    },
    head: (stream) => head.get(stream),
    newest: () => Number(newest.get()),
    keys: (hash) => keys.all(hash),
    hashes: (from, max) => hashes.all(from, max),
    checkpoint: () => checkpoint.get() ?? null,
    due: (now, max) => due.all(now, max).map(({ leaf }) => leaf),
    charging: (after, max) => charging.all(after, max).map(({ name }) => name),
    renewals: (asOf, after, max) => renewals.all(asOf, after, max).map(({ name }) => name),
  }
}

export interface ReadsMore {
  checkpoint(): BookCheckpoint | null
  /** Orders whose hold ran out by then, the oldest first, as far as the file knows. */
  due(now: string, max: number): readonly number[]
  /** Accounts with charges or card refunds that are not over, in order of their names, as far as the file knows. */
  charging(after: string, max: number): readonly string[]
  /** Accounts with a subscription whose paid period ends on that date or before, in order of their names, as far as the file knows. */
  renewals(asOf: string, after: string, max: number): readonly string[]
}

/** Opens the file for reading beside its writer in another thread. */
export const openBookReader = (path: string): BookFile & ReadsMore & { close(): void } => {
  const database = new Database(path, { readonly: true, timeout: 5000 })
  return { ...readBookFile(database), close: () => database.close() }
}
