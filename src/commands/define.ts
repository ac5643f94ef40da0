import type { Decision, Refused } from '../ledger/decision.js'
import type { DocumentKind, DocumentOf } from '../ledger/document.js'
import type { RefusalCode } from '../ledger/refusals.js'
import type { Account, Actor, Deciding, Order, Recharge, Refund } from '../ledger/state.js'
import type { TaxTable } from '../ledger/tax.js'
import type { CouponCodes } from './coupon-codes.js'
import type { CommandName, Inputs } from './port.js'

/** What a command may read. References are ours (a UUID) or numbers (digits). */
export interface Reads {
  account(name: string): Account | undefined
  order(reference: string): Order | undefined
  refund(reference: string): Refund | undefined
  recharge(reference: string): Recharge | undefined
  /** A purchase or a renewal. */
  purchase(reference: string): DocumentOf<'purchase'> | undefined
  document<Kind extends DocumentKind>(kind: Kind, id: string): DocumentOf<Kind> | undefined
}

/** What the configuration settles for commands. */
export interface Settings {
  /** ISO 4217; of accounts that are opened without one. */
  readonly currency: string
  /** How long an authorised trade holds money when the client does not say, in seconds. */
  readonly holdSeconds: number
  readonly coupons: CouponCodes
  /** The plan of a device that pays nothing. */
  readonly freePlan: string
  /** How many days after it was found unpaid a period may be paid yet. */
  readonly graceDays: number
  /** So many days after it was found unpaid the card is tried again. */
  readonly retryDays: readonly number[]
  readonly taxes: TaxTable
  /** IANA name of the zone in which periods are counted. */
  readonly timeZone: string
  /** The date of an instant there. */
  readonly dateIn: (instant: string) => string
}

/** What a key is for. `review-refund`: to approve, reject or withdraw, of which a refund gets one. */
export type Operation = CommandName | 'review-refund'

/** A command, declared once. */
export interface CommandDefinition<Name extends CommandName> {
  /** Part of a stored key's scope, so never renamed. */
  readonly name: Name
  /** The operation in a key's scope: shared by commands of which a client means one when it asks for the other. Left out: the name. Never changed. */
  readonly operation?: Operation
  /** The stream that guards the command, from stable committed facts; `null`: the input refers to nothing known yet. */
  guard(input: Inputs[Name], committed: Pick<Reads, 'order' | 'purchase'>): string | null
  /** It rests on what others may change without a conflict (a cart, where the customer lives): decided only on all that the log held when it came. */
  readonly fresh?: true
  /** What such a reference is refused with. */
  readonly missing: RefusalCode
  /** Refused with this instead: the reference names something else, of which the actor may know. It guards nothing, so that to others it is as good as missing. */
  otherwise?(input: Inputs[Name], committed: Pick<Reads, 'recharge'>, actor: Actor): Refused | undefined
  /** `reads`: the guarded stream with what is in flight, everything else committed. */
  decide(input: Inputs[Name], reads: Reads, deciding: Deciding, settings: Settings): Decision
}

export const defineCommand = <Name extends CommandName>(definition: CommandDefinition<Name>): CommandDefinition<Name> =>
  definition

/** Every command by its name. */
export type CommandSet = { readonly [Name in CommandName]: CommandDefinition<Name> }
