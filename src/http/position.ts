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
  const leaf = readToken('p1', String(minPosition))
  if (leaf === null) throw new RequestRefused('min_position_invalid')
  await passed(visibility, leaf)
}

/** How long a write waits for the views, by its `Ledger-Wait`: `visible` (also left out), or `durable`, which waits for the disk alone. */
export const patienceOf = (wanted: unknown): number => {
  if (wanted === undefined || wanted === 'visible') return PATIENCE
  if (wanted === 'durable') return 0
  throw new RequestRefused('invalid_request', 'Ledger-Wait is visible or durable.')
}
