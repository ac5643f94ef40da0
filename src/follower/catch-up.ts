import { setImmediate } from 'node:timers/promises'
import type { Decode } from '../store/decode.js'
import { RetentionSet } from '../store/errors.js'
import type { EventLog } from '../store/port.js'
import { codeOf, decodeEvents, reasonOf, type Stopped, stoppedBySetting } from './batch.js'
import type { Consumer } from './follow.js'

/** Bytes in the log that are no event of ours, or a setting by which it forgets events: whoever has to fold it cannot go on. */
export class StoppedAtEvent extends Error {
  readonly code: string
  constructor(readonly stopped: Stopped) {
    const { stream, revision, reason } = stopped
    super(revision === null ? reason : `${stream} at revision ${revision} cannot be decoded: ${reason}`)
    this.code = stopped.code
  }
}

export interface CatchUp {
  readonly log: EventLog
  readonly decode: Decode
  readonly consumer: Consumer
  /** Told after each batch how many events of the log are done. */
  readonly progress?: (done: number) => void
  readonly signal: AbortSignal
}

/** Small: its events die young, which costs the collector nothing, and the thread is free for others in between. */
const PAGE = 500

/** Feeds a consumer up to the end of the log. Rejects with `StoppedAtEvent`, with what the consumer or the log rejects with, or with the signal's reason. */
export const catchUp = async ({ log, decode, consumer, progress, signal }: CatchUp): Promise<void> => {
  let { position, leaf } = consumer.checkpoint ?? { position: null, leaf: -1 }
  for (;;) {
    signal.throwIfAborted()
    const recorded = await log.readLog({ after: position, max: PAGE }).catch((error: unknown) => {
      throw error instanceof RetentionSet ? new StoppedAtEvent(stoppedBySetting(error)) : error
    })
    for (let from = 0; from < recorded.length; ) {
      const { batch, stopped } = decodeEvents(recorded, decode, { from, max: PAGE, leaf: leaf + 1 })
      if (batch.events.length > 0) await consumer.handle(batch, signal)
      if (stopped !== null) throw new StoppedAtEvent(stopped)
      leaf += batch.events.length
      from += batch.events.length
      for (const reached of batch.positions) position = reached
    }
    progress?.(leaf + 1)
    if (recorded.length < PAGE) return
    await setImmediate()
  }
}

export const stoppedBy = (error: unknown, otherwise: string): Stopped => {
  if (error instanceof StoppedAtEvent) return error.stopped
  const reason = reasonOf(error)
  return { code: codeOf(error, otherwise), reason, stream: null, revision: null, position: null }
}
