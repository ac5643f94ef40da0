/** The checkpointer's thread: keeps the WAL short and the high-water mark near the end of the log, beside the writer and never before it. */
import { parentPort, workerData } from 'node:worker_threads'
import { assertSynchronous, checkpoint, codeOf, connect, detailOf } from './connection.js'
import { filesOf } from './files.js'
import { MarkWriter } from './mark.js'
import type { FromCheckpointer } from './messages.js'

const TICK_MS = 100
const CHECKPOINT_EVERY_TICKS = 5
/** Past so many pages the WAL is begun anew, which holds the writer up for a moment. 4 KiB each. */
const RESTART_PAGES = 4000
/** Not a failure: the next tick tries again. */
const PASSING = ['SQLITE_FULL', 'SQLITE_BUSY', 'ENOSPC']

const { path, epoch }: { path: string; epoch: string } = workerData
const files = filesOf(path)
const db = connect(path)
// The restart waits so long for readers, and the writer for the restart.
db.pragma('busy_timeout = 250')
const mark = new MarkWriter(files.mark)
const end = db.prepare<[], [number, string]>('SELECT position, id FROM events ORDER BY position DESC LIMIT 1')
end.raw()

let marked = 0
let checkpointed = 0
let ticks = 0

const writeMark = (): void => {
  const [position, id] = end.get() ?? [0, '-']
  if (position === marked) return
  mark.write({ epoch, position, id })
  marked = position
}

const shorten = (): void => {
  if (checkpointed === marked) return
  checkpointed = marked
  const { log } = checkpoint(db, 'PASSIVE')
  /* c8 ignore next 5 -- how far the file grows before depends on the machine; its bound is tested */
  if (log > RESTART_PAGES) {
    // What came meanwhile, so that little is left to do while the writer waits.
    checkpoint(db, 'PASSIVE')
    checkpoint(db, 'RESTART')
  }
  assertSynchronous(db)
}

const fail = (error: unknown): void => {
  const message: FromCheckpointer = { kind: 'failed', detail: detailOf(error) }
  clearInterval(timer)
  parentPort?.postMessage(message)
}

const passing = (act: () => void): void => {
  try {
    act()
  } catch (error) {
    if (!PASSING.includes(codeOf(error))) fail(error)
  }
}

const tick = (): void => {
  ticks += 1
  writeMark()
  if (ticks % CHECKPOINT_EVERY_TICKS === 0) shorten()
}

const timer = setInterval(passing, TICK_MS, tick)

parentPort?.on('message', (final: boolean) => {
  clearInterval(timer)
  if (final) passing(writeMark)
  mark.close()
  db.close()
  parentPort?.close()
})
