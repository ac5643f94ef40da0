import type { Refused } from '../ledger/decision.js'
import { RequestRefused } from './errors.js'

const isRefused = (found: object): found is Refused => 'refusal' in found

/** A quote, where there is one. Rejects with `RequestRefused`. */
export const quoted = async <Found extends object>(quote: Promise<Found | Refused>): Promise<Found> => {
  const found = await quote
  if (isRefused(found)) throw new RequestRefused(found.refusal.code, found.refusal.detail)
  return found
}
