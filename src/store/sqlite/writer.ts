/** The writer's thread: holds the lock, opens the log, then answers one batch after the other. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { StoreError, StoreUnreadable } from '../errors.js'
import { Appender } from './appender.js'
import { createBell } from './bell.js'
import { assertSynchronous, type Connection, codeOf, detailOf, isFull } from './connection.js'
import { filesOf } from './files.js'
import { lock } from './lock.js'
import type { Batch, FromWriter, WriterData } from './messages.js'
import { NotYet, openLog } from './open.js'

const RETRY_MS = 250
/** Messages that one transaction takes, at most. */
const MAX_BATCHES = 16

const data: WriterData = workerData
const files = filesOf(data.path)
const post = (message: FromWriter): void => parentPort?.postMessage(message)

const serve = (db: Connection, held: Connection): void => {
  const appender = new Appender(db)
  const bell = createBell(() => data.committed?.postMessage(null))
  data.committed?.on('message', bell.looks)
  let asserted = false
  let failed = false
  const append = (batches: readonly Batch[]): FromWriter => {
    try {
      const results = appender.run(batches)
      if (!asserted) assertSynchronous(db)
      asserted = true
      return { kind: 'answer', results }
    } catch (error) {
      const detail = detailOf(error)
      failed = codeOf(error) !== 'SQLITE_FULL'
      if (failed) return { kind: 'failed', detail }
      return { kind: 'full', appends: batches.reduce((sum, { streams }) => sum + streams.length, 0), detail }
    }
  }
  parentPort?.on('message', (first: Batch | null) => {
    const { batches, ended } = waiting(first)
    if (batches.length > 0 && !failed) {
      post(append(batches))
      bell.committed()
    }
    if (!ended) return
    parentPort?.close()
    data.committed?.close()
    db.close()
    held.close()
  })
}

/** All that waits leaves in one transaction. `null` is the last message. */
const waiting = (first: Batch | null): { readonly batches: readonly Batch[]; readonly ended: boolean } => {
  const batches: Batch[] = []
  let message = first
  while (message !== null) {
    batches.push(message)
    const next: { readonly message: Batch | null } | undefined =
      parentPort === null || batches.length === MAX_BATCHES ? undefined : receiveMessageOnPort(parentPort)
    if (next === undefined) return { batches, ended: false }
    message = next.message
  }
  return { batches, ended: true }
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
