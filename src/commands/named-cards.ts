import type { StreamEvent } from '../../events/envelope.js'
import { accountStream } from '../ledger/streams.js'
import type { EventLog, RecordedEvent } from '../store/port.js'

/** Where an account's own events are read. */
export interface AccountLog {
  readonly store: Pick<EventLog, 'readStream'>
  readonly decode: (recorded: RecordedEvent) => StreamEvent
}

/** A stretch of the account's stream: from behind the event that started this checkout up to before this revision. */
export interface Stretch {
  readonly checkout: string
  readonly before: number
}

const PAGE = 200

export interface NamedCard {
  readonly card: string
  /** Of the event that started the checkout which kept it. */
  readonly checkoutLeaf: number
}

/** The cards that the account's events have named, the newest first; left out `stretch`: all that they ever have. Rejects as the store does. */
export const namedCards = async (
  { store, decode }: AccountLog,
  account: string,
  stretch?: Stretch,
): Promise<readonly NamedCard[]> => {
  const cards: NamedCard[] = []
  let from = stretch === undefined ? undefined : stretch.before - 1
  for (;;) {
    const options = { direction: 'backwards', max: PAGE, ...(from !== undefined && { from }) } as const
    const page = await store.readStream(accountStream(account), options)
    for (const recorded of page) {
      const { type, data } = decode(recorded)
      if (type === 'CheckoutStarted' && data.checkout === stretch?.checkout) return cards
      if (type === 'CheckoutPaid' && data.card !== undefined)
        cards.push({ card: data.card, checkoutLeaf: data.checkoutLeaf })
    }
    const oldest = page.at(-1)?.revision ?? 0
    if (oldest === 0) return cards
    from = oldest - 1
  }
}
