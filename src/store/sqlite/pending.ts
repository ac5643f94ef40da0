import { WrongExpectedRevision } from '../errors.js'
import type { Appended, NewEvent, RecordedEvent } from '../port.js'
import { type Batch, STORED, WRONG_REVISION } from './messages.js'

/** One message carries at most so many appends, and so much text (in UTF-16 units). */
const MAX_APPENDS = 250
const MAX_TEXT = 1024 * 1024

/** An append that somebody waits for. */
export interface Pending {
  readonly stream: string
  readonly expected: number
  readonly events: readonly NewEvent[]
  resolve(appended: Appended): void
  reject(error: Error): void
}

/** Takes from the front of the queue what goes to the writer as one message. */
export const takeBatch = (waiting: Pending[]): { taken: Pending[]; batch: Batch } => {
  const batch: Batch = { streams: [], expected: [], counts: [], texts: [] }
  let size = 0
  for (const { stream, expected, events } of waiting) {
    if (batch.streams.length === MAX_APPENDS || size >= MAX_TEXT) break
    batch.streams.push(stream)
    batch.expected.push(expected)
    batch.counts.push(events.length)
    for (const { id, type, data, metadata } of events) {
      batch.texts.push(id, type, data, metadata)
      size += data.length + metadata.length
    }
  }
  return { taken: waiting.splice(0, batch.streams.length), batch }
}

/** Gives everyone his answer; returns the appends that were stored just now, in log order. */
export const settle = (taken: readonly Pending[], results: readonly number[]): Stored[] => {
  const stored: Stored[] = []
  for (const [i, pending] of taken.entries()) {
    const [kind, revision = 0, position = 0] = [results[i * 3], results[i * 3 + 1], results[i * 3 + 2]]
    if (kind === WRONG_REVISION) {
      pending.reject(new WrongExpectedRevision(pending.stream, pending.expected, revision))
    } else {
      if (kind === STORED) stored.push({ pending, position })
      pending.resolve({ revision, position })
    }
  }
  return stored
}

export interface Stored {
  readonly pending: Pending
  /** Of its last event. */
  readonly position: number
}

/** The events of stored appends as a reader would find them. */
export const recordedEvents = (stored: readonly Stored[]): RecordedEvent[] => {
  const recorded: RecordedEvent[] = []
  for (const { pending, position: last } of stored) {
    const { stream, events } = pending
    let revision = pending.expected
    let position = last - events.length
    for (const { id, type, data, metadata } of events) {
      revision += 1
      position += 1
      recorded.push({ id, type, data, metadata, stream, revision, position })
    }
  }
  return recorded
}
