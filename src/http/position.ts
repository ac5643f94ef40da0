import { RequestRefused } from './errors.js'
import { LEDGER, type Parts } from './parts.js'
import { readToken } from './token.js'

/** How long a reply waits for the views, in milliseconds. */
export const PATIENCE = 1000

/** Waits until the views have come to an event. Throws `RequestRefused`. */
export const passed = async (visibility: Parts['visibility'], leaf: number): Promise<void> => {
  if (!(await visibility.wait(LEDGER, leaf, PATIENCE))) throw new RequestRefused('position_not_reached')
}

/** Waits until the views have come to the position a client names, if it names one. */
export const reach = async (visibility: Parts['visibility'], minPosition: unknown): Promise<void> => {
  if (minPosition === undefined) return
  const leaf = typeof minPosition === 'string' ? readToken('p1', minPosition) : null
  if (leaf === null) throw new RequestRefused('min_position_invalid')
  await passed(visibility, leaf)
}
