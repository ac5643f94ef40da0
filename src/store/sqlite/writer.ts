/** The writer's thread: holds the lock, opens the log, then answers one batch after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { StoreError, StoreUnreadable } from '../errors.js'
import { Appender } from './appender.js'
import { assertSynchronous, type Connection, codeOf, detailOf, isFull } from './connection.js'
import { filesOf } from './files.js'
import { lock } from './lock.js'
import type { Batch, FromWriter, WriterData } from './messages.js'
import { NotYet, openLog } from './open.js'

const RETRY_MS = 250

const data: WriterData = workerData
const files = filesOf(data.path)
const post = (message: FromWriter): void => parentPort?.postMessage(message)

const serve = (db: Connection, held: Connection): void => {
  const appender = new Appender(db)
  let asserted = false
  const append = (batch: Batch): FromWriter => {
    try {
      const results = appender.run(batch)
      if (!asserted) assertSynchronous(db)
      asserted = true
      return { kind: 'answer', results }
    } catch (error) {
      return { kind: codeOf(error) === 'SQLITE_FULL' ? 'full' : 'failed', detail: detailOf(error) }
    }
  }
  parentPort?.on('message', (batch: Batch | null) => {
    if (batch !== null) return post(append(batch))
    parentPort?.close()
    db.close()
    held.close()
  })
}

let held: Connection | null = null

const open = (): void => {
  try {
    held ??= lock(files)
    const { db, accepted } = openLog(files, data)
    serve(db, held)
    post({ kind: 'opened', accepted })
  } catch (error) {
    if (error instanceof NotYet || isFull(error)) {
      const detail = error instanceof NotYet ? error.message : `disk_full: no space to open ${data.path}`
      post({ kind: 'waiting', detail })
      setTimeout(open, RETRY_MS)
      return
    }
    held?.close()
    const known =
      error instanceof StoreError ? error : new StoreUnreadable(`${data.path} cannot be opened: ${detailOf(error)}`)
    post({ kind: 'refused', code: known.code, detail: known.message })
    parentPort?.close()
  }
}

open()
