import { DiskFull, StoreClosed, StoreStopped, WrongExpectedRevision } from '../store/errors.js'
import type { Entry } from './entry.js'
import { Unavailable } from './port.js'

/** After so many lost races a command gives up. */
const MAX_CONFLICTS = 10

/** What a command whose own events were not stored ends with; `null`: it is decided again. */
export const failureOf = (error: unknown, entry: Entry): unknown => {
  if (error instanceof WrongExpectedRevision) {
    entry.conflicts += 1
    if (entry.conflicts <= MAX_CONFLICTS) return null
    return new Unavailable('conflicts', 'the account changes faster than this command can be decided')
  }
  if (error instanceof DiskFull) return new Unavailable('disk_full', 'the disk is full: nothing was written')
  if (error instanceof StoreClosed)
    return new Unavailable('shutting_down', 'the server is closing: nothing was written')
  if (error instanceof StoreStopped) {
    const code = entry.inDoubt ? 'outcome_unknown' : 'store_stopped'
    return new Unavailable(code, 'the store stopped after an error of its disk')
  }
  return error
}
