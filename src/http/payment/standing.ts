import { amountText } from '../../ledger/money.js'
import { RequestRefused } from '../errors.js'
import { numberOf, writeJson } from '../json.js'
import { awaiting } from '../position.js'
import type { Call, Done } from '../route.js'
import { readEntry } from '../rows.js'

interface Had {
  readonly available: bigint
  readonly currency: string
  readonly status: string
}

/** What an account may spend of its own, as a number, and its state. */
export const balanceText = ({ available, currency, status }: Had): string =>
  writeJson({ balance: numberOf(amountText(available, currency)), status })

/**
 * The same right after a command's own event, whenever it is asked for: a repeated request gets the first reply. Throws
 * `RequestRefused` where only the views know it, and they are late.
 */
export const standingText = async ({ event, standing }: Done, { parts }: Call, account: string): Promise<string> => {
  if (standing !== null) {
    const { actual, held, currency, frozen } = standing
    return balanceText({ available: actual - held, currency, status: frozen ? 'frozen' : 'active' })
  }
  const entry = await readEntry(awaiting(parts, event.leaf), account, event.leaf)
  if (entry === null) throw new RequestRefused('position_not_reached')
  const { actualAfter, heldAfter, currency, stateAfter } = entry
  return balanceText({ available: actualAfter - heldAfter, currency, status: stateAfter })
}
