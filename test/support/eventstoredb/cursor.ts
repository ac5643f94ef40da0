import type { Log } from './log.js'
import type { Recorded } from './record.js'

/** Goes on from where the last call ended; an empty page means that there is nothing more at the moment. */
export type Cursor = (max: number) => readonly Recorded[]

export const logForwards = (log: Log, from: number): Cursor => {
  let index = from
  return (max) => {
    const page = log.page(index, max)
    index += page.length
    return page
  }
}

/** From the event before `from`. */
export const logBackwards = (log: Log, from: number): Cursor => {
  let index = from
  return (max) => {
    const start = Math.max(0, index - max)
    const page = log.page(start, index - start).toReversed()
    index = start
    return page
  }
}

const streamCursor = (log: Log, stream: string, from: number, step: 1 | -1): Cursor => {
  let revision = from
  return (max) => {
    const page: Recorded[] = []
    for (; page.length < max; revision += step) {
      const event = log.at(stream, revision)
      if (event === undefined) return page
      page.push(event)
    }
    return page
  }
}

export const streamForwards = (log: Log, stream: string, from: number): Cursor => streamCursor(log, stream, from, 1)

export const streamBackwards = (log: Log, stream: string, from: number): Cursor =>
  streamCursor(log, stream, Math.min(from, log.last(stream)), -1)
