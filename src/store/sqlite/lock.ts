import { readFileSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { StoreLocked } from '../errors.js'
import { type Connection, codeOf } from './connection.js'
import type { Files } from './files.js'

/**
 * The writer's lock: an open exclusive transaction, let go when the connection closes or the process dies.
 * Throws `StoreLocked` where another one holds it.
 */
export const lock = (files: Files): Connection => {
  const db = new Database(files.lock, { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (codeOf(error) !== 'SQLITE_BUSY') throw error
    throw new StoreLocked(`${files.events} is in use by process ${holder(files)}; stop it, or use another data folder`)
  }
  ignoring(() => writeFileSync(files.pid, String(process.pid)))
  return db
}

const holder = (files: Files): string => ignoring(() => readFileSync(files.pid, 'utf8')) || '(unknown)'

/** The pid is for people only: a full disk must not keep us from the lock. */
const ignoring = <Value>(act: () => Value): Value | null => {
  try {
    return act()
  } catch {
    return null
  }
}
