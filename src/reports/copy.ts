import { OutcomeUnknown, WrongExpectedRevision } from '../store/errors.js'
import {
  type EventLog,
  type EventStore,
  MAX_APPEND_BYTES,
  type NewEvent,
  type Position,
  type RecordedEvent,
} from '../store/port.js'

/** The two logs are not one: nothing is overwritten. */
export class CopyDiffers extends Error {
  readonly code = 'copy_differs'
}

export interface CopyOptions {
  /** Nobody writes to it meanwhile. */
  readonly from: EventLog
  /** Empty, or what an earlier copy of the same log got done. */
  readonly to: EventStore
  readonly wait: (milliseconds: number) => Promise<unknown>
  /** Told how many events of how many are done: first copied, then compared. */
  readonly progress: (step: 'copy' | 'compare', done: number, total: number) => void
  readonly signal: AbortSignal
}

export interface CopyResult {
  /** Of the whole log. */
  readonly events: number
  /** By this call; the others were there. */
  readonly copied: number
}

const PAGE = 500
const MOST_EVENTS = 500
const FIRST_RETRY = 100
const LAST_RETRY = 5_000

/**
 * Copies a log event by event, in its order, with ids and revisions: leaf numbers, and so whatever refers to them, stay as they are.
 * One append after the other, because only that keeps the order on every store. Goes on where an earlier call was cut off; at the end
 * both logs are read again and compared. Rejects with `CopyDiffers`, with a store's error, or with the signal's reason.
 */
export const copyLog = async (options: CopyOptions): Promise<CopyResult> => {
  const { from, progress, signal } = options
  const total = await count(options)
  const { count: there } = await compareLogs(options, (done) => progress('copy', done, total))
  let done = there
  for await (const run of runs(from, there)) {
    signal.throwIfAborted()
    await append(options, run)
    done += run.events.length
    progress('copy', done, total)
  }
  const compared = await compareLogs(options, (count) => progress('compare', count, done))
  if (compared.count !== done) throw new CopyDiffers(`${done} events were to be there, and ${compared.count} are`)
  if (compared.more) throw new CopyDiffers('the source has grown meanwhile; stop whoever writes to it, and copy again')
  return { events: done, copied: done - there }
}

/** The events of the source. */
const count = async ({ from, signal }: CopyOptions): Promise<number> => {
  let count = 0
  for await (const _ of events(from, 0)) {
    signal.throwIfAborted()
    count += 1
  }
  return count
}

/** How many events the target holds, and whether the source has more. Rejects where one of them is not the source's at that place. */
const compareLogs = async ({ from, to, signal }: CopyOptions, progress: (done: number) => void) => {
  const source = events(from, 0)
  let last: Position | null = null
  let count = 0
  for await (const copy of events(to, 0)) {
    signal.throwIfAborted()
    const { value: original } = await source.next()
    if (original === undefined) throw new CopyDiffers(`the target holds more than the ${count} events of the source`)
    if (textOf(copy) !== textOf(original)) {
      throw new CopyDiffers(
        `event ${count} is revision ${original.revision} of ${original.stream} in the source, and something else in the target`,
      )
    }
    count += 1
    last = original.position
    progress(count)
  }
  const rest = await from.readLog({ after: last, max: 1 })
  return { count, more: rest.length > 0 }
}

/** Everything but its position. */
const textOf = ({ stream, revision, id, type, data, metadata }: RecordedEvent): string =>
  JSON.stringify([stream, revision, id, type, data, metadata])

/** The events of a log in order, without the first so many. */
async function* events(log: EventLog, skip: number): AsyncGenerator<RecordedEvent, undefined> {
  let after: number | null = null
  let seen = 0
  for (;;) {
    const page: readonly RecordedEvent[] = await log.readLog({ after, max: PAGE })
    for (const event of page) {
      if (seen >= skip) yield event
      seen += 1
      after = event.position
    }
    if (page.length < PAGE) return undefined
  }
}

/** Neighbours of one stream, as many as one append may carry. */
interface Run {
  readonly stream: string
  readonly expected: number
  readonly events: NewEvent[]
}

async function* runs(log: EventLog, skip: number): AsyncGenerator<Run> {
  let run: Run | undefined
  let bytes = 0
  for await (const { stream, revision, id, type, data, metadata } of events(log, skip)) {
    const size = Buffer.byteLength(type + data + metadata)
    if (run?.stream !== stream || run.events.length === MOST_EVENTS || bytes + size > MAX_APPEND_BYTES) {
      if (run !== undefined) yield run
      run = { stream, expected: revision - 1, events: [] }
      bytes = 0
    }
    run.events.push({ id, type, data, metadata })
    bytes += size
  }
  if (run !== undefined) yield run
}

/** Again and again while nobody knows whether it was stored: the store recognises it. */
const append = async (options: CopyOptions, run: Run, pause = FIRST_RETRY): Promise<void> => {
  const { to, wait, signal } = options
  try {
    await to.append(run.stream, run.expected, run.events)
  } catch (error) {
    if (error instanceof WrongExpectedRevision) {
      throw new CopyDiffers(`somebody else writes to the target: ${error.message}`)
    }
    if (!(error instanceof OutcomeUnknown)) throw error
    signal.throwIfAborted()
    await wait(pause)
    await append(options, run, Math.min(pause * 2, LAST_RETRY))
  }
}
