import type Database from 'better-sqlite3'
import type { LedgerEvent } from '../../events/envelope.js'
import { tradedOrder } from '../ledger/order.js'
import { latest } from '../ledger/time.js'
import { BOOK_SCHEMA, type BookCheckpoint, readBookFile } from './book-file.js'
import { accountRow, documentRow, headRow, orderRow, rechargeRow, refundRow } from './book-rows.js'
import { Books } from './books.js'
import type { Cached } from './cache.js'

const CAPACITY = { accounts: 20_000, others: 1_000 }
/** Rows written per slice, so that a flush never holds its thread for more than a few milliseconds. */
const SLICE = 512

type Step = () => unknown

const byKey = <Value>(changed: readonly Cached<string, Value>[]): readonly Cached<string, Value>[] =>
  changed.toSorted((a, b) => (a.key < b.key ? -1 : 1))

const upsert = (database: Database.Database, table: string, columns: number): Database.Statement =>
  database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (${Array(columns).fill('?').join(', ')})`)

/**
 * Keeps the write model's file: folds the log like any projection and flushes what changed, in slices.
 * A flush that is cut off leaves rows ahead of the checkpoint; each row says how far it is, so folding again skips what it holds.
 */
export class BookWriter {
  readonly #database: Database.Database
  readonly #books: Books
  readonly #accounts: Database.Statement
  readonly #orders: Database.Statement
  readonly #refunds: Database.Statement
  readonly #recharges: Database.Statement
  readonly #documents: Database.Statement
  readonly #heads: Database.Statement
  readonly #keys: Database.Statement
  readonly #checkpoint: Database.Statement
  readonly #newest: Database.Statement
  #reached: BookCheckpoint | null
  #flushed: BookCheckpoint | null
  #flushing: { readonly target: BookCheckpoint; readonly steps: Step[] } | null = null

  constructor(database: Database.Database) {
    this.#database = database
    database.exec(BOOK_SCHEMA)
    const file = readBookFile(database)
    // Nobody but us writes the file, so it is never ahead.
    this.#books = new Books({ ...file, newest: () => -1 }, CAPACITY)
    for (const cache of this.#caches()) cache.tracking = true
    this.#accounts = upsert(database, 'accounts', 16)
    this.#orders = upsert(database, 'orders', 13)
    this.#refunds = upsert(database, 'refunds', 13)
    this.#recharges = upsert(database, 'recharges', 8)
    this.#documents = upsert(database, 'documents', 3)
    this.#heads = upsert(database, 'heads', 3)
    this.#keys = upsert(database, 'keys', 3)
    this.#checkpoint = upsert(database, 'checkpoint', 6)
    this.#newest = upsert(database, 'newest', 2)
    this.#flushed = file.checkpoint()
    this.#reached = this.#flushed
  }

  /** What the file itself says; everything up to there is in it. */
  get flushed(): BookCheckpoint | null {
    return this.#flushed
  }

  get reached(): BookCheckpoint | null {
    return this.#reached
  }

  apply(event: LedgerEvent, epoch: string, position: number): void {
    this.#books.apply(event)
    const { recordedAt } = event.metadata
    const before = this.#reached?.recordedAt ?? ''
    this.#reached = {
      epoch,
      position,
      id: event.id,
      leaf: event.leaf,
      recordedAt: latest(recordedAt, before),
    }
  }

  /** Whether there is anything to flush, or a flush is half done. */
  get dirty(): boolean {
    return this.#reached !== this.#flushed
  }

  /** Begins a flush of everything folded so far; `false`: one is under way, or there is nothing to flush. */
  begin(): boolean {
    const target = this.#reached
    if (this.#flushing !== null || target === null || target === this.#flushed) return false
    const { accounts, opened, orders, refunds, recharges, documents, heads, keys } = this.#books
    const keyed = keys.ranges(SLICE)
    keys.cut()
    const steps: Step[] = [
      ...this.#slices(byKey(accounts.takeChanged()), ({ key, value }) => this.#accounts.run(...accountRow(key, value))),
      // Before those that changed since, whose rows are written over these.
      ...this.#slices(opened.all(), (trade) =>
        this.#orders.run(...orderRow({ at: trade.leaf, state: tradedOrder(trade, trade.leaf) })),
      ),
      ...this.#slices(orders.takeChanged(), ({ value }) => this.#orders.run(...orderRow(value))),
      ...this.#slices(refunds.takeChanged(), ({ value }) => this.#refunds.run(...refundRow(value))),
      ...this.#slices(recharges.takeChanged(), ({ value }) => this.#recharges.run(...rechargeRow(value))),
      ...this.#slices(byKey(documents.takeChanged()), ({ key, value }) =>
        this.#documents.run(...documentRow(key, value)),
      ),
      ...this.#slices(byKey(heads.takeChanged()), ({ key, value }) => this.#heads.run(...headRow(key, value))),
      ...keyed.map((range) => () => {
        for (const { hash, place } of range()) this.#keys.run(hash, place.leaf, place.revision)
      }),
      () => this.#checkpoint.run(1, target.epoch, target.position, target.id, target.leaf, target.recordedAt),
    ]
    this.#flushing = { target, steps }
    return true
  }

  /** One slice of the flush under way; `true`: the flush has ended, and `flushed` has moved. A slice that throws comes again. */
  step(): boolean {
    const step = this.#flushing?.steps[0]
    if (this.#flushing === null || step === undefined) return false
    const { target, steps } = this.#flushing
    this.#database.transaction(() => {
      this.#newest.run(1, this.#reached?.leaf)
      step()
    })()
    steps.shift()
    if (steps.length > 0) return false
    this.#flushing = null
    this.#flushed = target
    this.#books.flushed(target.leaf)
    return true
  }

  /** Forgets everything: the file speaks of another log. */
  clear(): void {
    for (const table of [
      'accounts',
      'orders',
      'refunds',
      'recharges',
      'documents',
      'heads',
      'keys',
      'newest',
      'checkpoint',
    ]) {
      this.#database.exec(`DELETE FROM ${table}`)
    }
    this.#flushed = null
    this.#reached = null
  }

  /** Everything folded so far, in one go. */
  flush(): void {
    while (this.dirty) {
      this.begin()
      this.step()
    }
  }

  *#slices<Item>(items: readonly Item[], write: (item: Item) => void): Iterable<Step> {
    for (let from = 0; from < items.length; from += SLICE) {
      yield () => {
        for (const item of items.slice(from, from + SLICE)) write(item)
      }
    }
  }

  #caches() {
    const { accounts, orders, refunds, recharges, documents, heads } = this.#books
    return [accounts, orders, refunds, recharges, documents, heads]
  }
}
