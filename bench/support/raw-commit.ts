import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'

/** A row as the ledger stores a trade: the same columns, and texts of the same length. */
const rowOf = (position: number): readonly [number, string, number, string, string, string, string] => {
  const buyer = `b${position % 1000}`
  const data = { order: randomUUID(), buyer, seller: `s${position % 100}`, amount: '1.00', currency: 'EUR' }
  const metadata = {
    recordedAt: '2026-01-01T00:00:00.000Z',
    actor: buyer,
    key: `trade ${buyer}-${position}`,
    fingerprint: randomUUID().padEnd(43, 'x'),
    correlationId: randomUUID(),
    causationId: randomUUID(),
  }
  const revision = Math.floor(position / 1000)
  return [
    position,
    `account-${buyer}`,
    revision,
    randomUUID(),
    'Traded.v1',
    JSON.stringify(data),
    JSON.stringify(metadata),
  ]
}

/**
 * Writes `rows` trades into a new file, `batch` per transaction, each synced: what SQLite alone can do in this thread.
 * Rows are made beforehand. Gives rows per second; leaves `raw.db` for a scan.
 */
export const rawCommit = (directory: string, rows: number, batch: number): number => {
  const path = join(directory, 'raw.db')
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec(`CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL,
    id TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL, metadata TEXT NOT NULL, UNIQUE (stream, revision)) STRICT`)
  const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)')
  const commit = db.transaction((batchRows: readonly ReturnType<typeof rowOf>[]) => {
    for (const row of batchRows) insert.run(...row)
  })
  const batches = Array.from({ length: Math.ceil(rows / batch) }, (_, index) =>
    Array.from({ length: Math.min(batch, rows - index * batch) }, (_, offset) => rowOf(index * batch + offset)),
  )
  const start = performance.now()
  for (const batchRows of batches) commit(batchRows)
  const seconds = (performance.now() - start) / 1000
  const mode = db.pragma('synchronous', { simple: true })
  if (mode !== 2) throw new Error(`The baseline ran with synchronous=${String(mode)}, not FULL.`)
  db.close()
  return rows / seconds
}
