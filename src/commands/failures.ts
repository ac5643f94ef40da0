import { reasonOf } from '../follower/batch.js'
import { ClockRefused, DiskFull, StoreClosed, StoreStopped, WrongExpectedRevision } from '../store/errors.js'
import type { Entry } from './entry.js'
import { Unavailable } from './port.js'

/** After so many lost races a command gives up. */
const MAX_CONFLICTS = 10

/** What a command whose own events were not stored ends with; `null`: it is decided again. */
export const failureOf = (error: unknown, entry: Entry): unknown => {
  if (error instanceof WrongExpectedRevision) {
    entry.conflicts += 1
    if (entry.conflicts < MAX_CONFLICTS) return null
    return new Unavailable('conflicts', 'the account changes faster than this command can be decided')
  }
  if (error instanceof DiskFull) return new Unavailable('disk_full', 'the disk is full: nothing was written')
  if (error instanceof ClockRefused) return new Unavailable('clock', error.message)
  if (error instanceof StoreClosed) {
    return entry.inDoubt
      ? new Unavailable('outcome_unknown', 'the server is closing; ask again with the same key')
      : new Unavailable('shutting_down', 'the server is closing: nothing was written')
  }
  if (error instanceof StoreStopped) {
    const code = entry.inDoubt ? 'outcome_unknown' : 'store_stopped'
    return new Unavailable(code, 'the store stopped after an error of its disk')
  }
  return error
}

/** What a command ends with that was not answered in time. */
export const noAnswer = (entry: Entry): Unavailable =>
  new Unavailable(mayBeStored(entry) ? 'outcome_unknown' : 'busy', 'no answer in time; ask again with the same key')

export const notReady = (error: unknown): Unavailable =>
  new Unavailable('not_ready', `the log cannot be read: ${reasonOf(error)}`)

/** What a command ends with when the log cannot be followed any more. */
export const cutOff = (entry: Entry, error: unknown): Unavailable =>
  mayBeStored(entry)
    ? new Unavailable('outcome_unknown', 'the log cannot be read; ask again later with the same key')
    : notReady(error)

const mayBeStored = ({ inDoubt, gathered }: Entry): boolean => inDoubt || gathered
