import { type DocumentOf, isOf, keyOf } from '../ledger/document.js'
import type { Charge, OwnAccount } from '../ledger/state.js'
import type { AskingParts, Found } from './ask-gateway.js'
import type { BookFile } from './books.js'

/**
 * How much of what was asked about came to what. `unanswered`: the gateway, or a store, said nothing. `young`: nothing was asked, because whoever
 * charges it may be doing so.
 */
export type Asked = { readonly [Kind in Exclude<Found, 'known'> | 'unanswered' | 'young']: number }

/** Nobody knows whether the card was charged, or only a person can go on. */
export const inDoubt = ({ missed, stuck, unanswered }: Asked): number => missed + stuck + unanswered

/** What is read of the write model's file. */
export interface ChargingFile extends Pick<BookFile, 'document'> {
  charging(after: string, max: number): readonly string[]
  account(name: string): { readonly own: Pick<OwnAccount, 'charges'> | undefined } | undefined
}

export interface AskingOptions extends Omit<AskingParts, 'correlationId'> {
  readonly file: ChargingFile
  /** Milliseconds after which a checkout that is neither paid nor failed is in doubt. */
  readonly settleAfter: number
  /** From 0 to below 1: spreads what would else be asked at one time. */
  readonly random: () => number
  /** Told what an operator should know. */
  readonly log: (message: string) => void
  /** Lets the rest of the process go on. */
  readonly pause: () => Promise<void>
}

export interface Round {
  /** Milliseconds; instead of the configured ones. */
  readonly settleAfter?: number
  /** `due`: what it is time for. `missed`: checkouts of which the gateway knew no charge, once. */
  readonly which: 'due' | 'all' | 'missed'
  readonly correlationId: string
  readonly signal: AbortSignal
  /** Told now and then. */
  readonly progress: (done: Asked) => void
}

/** What the gateway said last about a checkout or a refund, to this process. */
export interface Said {
  /** What it was then. */
  readonly kind: Charge['kind']
  readonly said: string
  /** Milliseconds since 1970. */
  readonly at: number
}

export const nothingAsked: Asked = {
  paid: 0,
  failed: 0,
  settled: 0,
  returned: 0,
  givenBack: 0,
  refunded: 0,
  notRefunded: 0,
  pending: 0,
  missed: 0,
  stuck: 0,
  unanswered: 0,
  young: 0,
}

export const documentIn = <Kind extends 'checkout' | 'card-refund'>(
  file: Pick<ChargingFile, 'document'>,
  kind: Kind,
  leaf: number,
): DocumentOf<Kind> | undefined => {
  const found = file.document(keyOf(kind, String(leaf)))?.state
  return found && isOf(kind, found) ? found : undefined
}
