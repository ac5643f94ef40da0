import type { LedgerEvent } from '../../events/envelope.js'
import { type Refused, refuse } from '../ledger/decision.js'
import type { Actor } from '../ledger/state.js'
import type { CommandDefinition, Operation, Reads } from './define.js'
import type { CommandContext, CommandName, Inputs, Outcome, Standing } from './port.js'

/** A command on its way, already bound to its input. */
export interface BoundCommand {
  readonly name: CommandName
  /** The first word of a stored key. */
  readonly operation: Operation
  readonly fresh: boolean
  guard: (committed: Parameters<CommandDefinition<CommandName>['guard']>[1]) => string | null
  /** What it is refused with when no stream guards it. */
  unguarded: (committed: Pick<Reads, 'recharge'>, actor: Actor) => Refused
  decide: (
    reads: Parameters<CommandDefinition<CommandName>['decide']>[1],
    deciding: Parameters<CommandDefinition<CommandName>['decide']>[2],
  ) => ReturnType<CommandDefinition<CommandName>['decide']>
  readonly effectiveDate: string | undefined
}

export const bind = <Name extends CommandName>(
  definition: CommandDefinition<Name>,
  input: Inputs[Name],
  settings: Parameters<CommandDefinition<Name>['decide']>[3],
): BoundCommand => ({
  name: definition.name,
  operation: definition.operation ?? definition.name,
  fresh: definition.fresh === true,
  guard: (committed) => definition.guard(input, committed),
  unguarded: (committed, actor) =>
    definition.otherwise?.(input, committed, actor) ??
    refuse(definition.missing, 'The request names nothing that is known here.'),
  decide: (reads, deciding) => definition.decide(input, reads, deciding, settings),
  effectiveDate: 'effectiveDate' in input ? input.effectiveDate : undefined,
})

/** Who waits for an answer; `done` is told first that it is given. */
export interface Settling {
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
  readonly done: (entry: Entry) => void
}

/** One command from its arrival to its answer. */
export class Entry {
  readonly command: BoundCommand
  readonly context: CommandContext
  /** Its place among all commands, in order of arrival. */
  readonly serial: number
  /** On the loop's own clock. */
  readonly arrived: number
  readonly causationId: string
  /** Its place in the list of those under way. */
  place = -1
  /** Set once the guarded stream is known, for commands with a key. */
  scope: string | null = null
  /** Of the scope, as the books index it; set when it is first looked for. */
  scopeHash: bigint | undefined
  /** What it creates gets this id. */
  id = ''
  answered = false
  /** A catch-up that began after its arrival has ended. */
  caughtUp = false
  /** Its events are in a batch that is under way, or about to be. */
  gathered = false
  /** Its stream's outcome is unknown: what it waits for may be stored. */
  inDoubt = false
  conflicts = 0
  /** Leaf numbers under this key's hash that turned out to be others'. */
  strangers: Set<number> | null = null
  readonly #settling: Settling

  constructor(
    command: BoundCommand,
    context: CommandContext,
    drawn: { readonly serial: number; readonly arrived: number; readonly causationId: string },
    settling: Settling,
  ) {
    this.command = command
    this.context = context
    this.serial = drawn.serial
    this.arrived = drawn.arrived
    this.causationId = drawn.causationId
    this.#settling = settling
  }

  /** The first answer counts. */
  answer(outcome: Outcome): void {
    if (this.answered) return
    this.answered = true
    this.#settling.done(this)
    this.#settling.resolve(outcome)
  }

  fail(error: unknown): void {
    if (this.answered) return
    this.answered = true
    this.#settling.done(this)
    this.#settling.reject(error)
  }
}

/** An event of ours as the follower saw it in the log. */
export interface Landed {
  readonly event: LedgerEvent
  readonly standing: Standing | null
}

/** What happens to an entry when the batch it rests on is committed. */
export type Pending =
  /** Answered with an event of the guarded stream: its own, or (`repeat`) an earlier one; `leaf` is -1 while that is in flight. */
  | { readonly entry: Entry; readonly kind: 'done' | 'repeat'; readonly revision: number; readonly leaf: number }
  | { readonly entry: Entry; readonly kind: 'answer'; readonly outcome: Outcome }
  | { readonly entry: Entry; readonly kind: 'again' }
