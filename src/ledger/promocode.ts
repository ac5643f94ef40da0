import { type Refused, refuse } from './decision.js'
import type { Grant } from './document.js'

/** What a promocode is to be used for. What is left out is not asked about. */
export interface Use {
  readonly plan?: string
  /** Of the plan's price. */
  readonly currency?: string
  readonly now: string
}

/** The rule looks at no more of a grant. */
export type Usable = Pick<Grant, 'used' | 'data'>

/** The grant itself, where its terms allow the use; or why not. An unknown promocode and one of others look the same: `undefined`. */
export const usable = <Granted extends Usable>(grant: Granted | undefined, use: Use): Granted | Refused => {
  if (grant === undefined)
    return refuse('promocode_not_found', 'There is no such promocode, or it was not granted to you.')
  const { promocode, expiresAt, plans, currency } = grant.data
  if (grant.used !== null) return refuse('promocode_used', `The promocode ${promocode} was used before.`)
  if (expiresAt !== undefined && use.now >= expiresAt) {
    return refuse('promocode_expired', `The promocode ${promocode} has expired on ${expiresAt}.`)
  }
  if (use.plan !== undefined && plans?.includes(use.plan) === false) {
    return refuse('promocode_wrong_plan', `The promocode ${promocode} is not for the plan ${use.plan}.`)
  }
  return use.currency === undefined || currency === undefined || currency === use.currency
    ? grant
    : refuse(
        'promocode_wrong_currency',
        `The promocode ${promocode} lowers prices in ${currency}, not ${use.currency}.`,
      )
}
