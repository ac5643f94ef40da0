import type { PaysWith } from '../commands/charging.js'
import type { Why } from '../commands/settle-charge.js'
import { reachSecrets } from './credentials.js'
import { type ErrorCode, errorCatalogue } from './errors.js'
import type { Ask, Call, Intent, Refused, Settled } from './route.js'
import { visible } from './schema.js'

/** Stands for a card, once: in no event, log or error. */
export const nonceText = visible(512)

/**
 * Starts a checkout and charges the card for it, once; a repeated request gets how that ended. Rejects with `Unavailable`: `checkout_in_doubt` where nobody
 * knows yet whether the card was charged.
 */
export const payByCard = async ({ parts }: Call, asked: Intent, by: PaysWith, ask: Ask): Promise<Settled> => {
  // The card that pays for plans is to be kept, or was.
  if (asked.command !== 'start-recharge') await reachSecrets(parts.secrets)
  const end = await parts.charge(async () => {
    const started = await ask(asked)
    return started.kind === 'done' ? started.done : started
  }, by)
  switch (end.kind) {
    case 'paid':
      return { kind: 'done', done: end.done }
    case 'failed':
      return { kind: 'refused', refused: refusedFor(end.why), wrote: end.done }
    case 'refused':
      return end
  }
}

const CODES = {
  declined: 'card_declined',
  refused: 'card_refused',
  unreachable: 'gateway_unreachable',
  not_found: 'checkout_failed',
} as const satisfies Record<Why['reason'], ErrorCode>

const refusedFor = ({ reason, detail }: Why): Refused => {
  const code = CODES[reason]
  // What was charged otherwise, and who did not want it, is for the operator.
  if (detail === undefined || reason === 'not_found') return { code, detail: errorCatalogue[code].meaning }
  return {
    code,
    detail: `${reason === 'declined' ? 'The card was declined' : 'The gateway refused the payment'}: ${detail}.`,
  }
}
