import { reasonOf } from '../follower/batch.js'
import { GatewayUnknown, GatewayUnreachable } from '../gateway/port.js'
import { isWatched } from '../ledger/charges.js'
import type { Charge } from '../ledger/state.js'
import { type Answer, type AskingParts, askMissing, askOpen, askRefund, askUnsettled } from './ask-gateway.js'
import {
  type Asked,
  type AskingOptions,
  type ChargingFile,
  documentIn,
  nothingAsked,
  type Round,
  type Said,
} from './asked.js'
import { Unavailable } from './port.js'

/** How long after the first time the gateway must still know of no charge: milliseconds. */
export const MISSED_AGAIN = 60_000

/** Milliseconds: between two questions about one thing, where the gateway answers (more, the older it is), and where it does not. */
const PATIENT = { least: 30_000, most: 4 * 3_600_000 }
const IMPATIENT = { least: 5_000, most: 600_000 }

export interface Memory extends Said {
  /** Not to be asked before, unless somebody wants it: milliseconds since 1970. */
  readonly next: number
  /** Questions without an answer, since the last answer. */
  readonly failures: number
  /** When the gateway first knew of no charge. */
  readonly missedAt: number | null
  /** The operator was told of it. */
  readonly told: boolean
}

/** One round. */
export class Walk {
  readonly #options: AskingOptions
  readonly #memory: Map<string, Memory>
  readonly #round: Round
  readonly #parts: AskingParts
  readonly #seen = new Set<string>()
  readonly #done: { -readonly [Kind in keyof Asked]: number } = { ...nothingAsked }
  #answers = 0
  #failures = 0

  constructor(options: AskingOptions, memory: Map<string, Memory>, round: Round) {
    this.#options = options
    this.#memory = memory
    this.#round = round
    this.#parts = { ...options, correlationId: round.correlationId }
  }

  get done(): Asked {
    return { ...this.#done }
  }

  async account(name: string): Promise<void> {
    const charges = this.#options.file.account(name)?.own?.charges ?? []
    // What a charge came to is said when its refunds are known.
    const refunds = charges.filter(({ kind }) => kind === 'refund')
    for (const charge of [...refunds, ...charges.filter(({ kind }) => kind !== 'refund')]) {
      this.#seen.add(charge.id)
      if (!this.#round.signal.aborted && this.#isDue(charge)) await this.#ask(charge)
    }
  }

  /** Of what is over, after a whole round. */
  forget(): void {
    for (const id of this.#memory.keys()) if (!this.#seen.has(id)) this.#memory.delete(id)
  }

  #isDue(charge: Charge): boolean {
    const { which, settleAfter = this.#options.settleAfter } = this.#round
    const now = this.#options.clock()
    const known = this.#known(charge)
    if (charge.kind === 'open' && now < Date.parse(charge.since) + settleAfter) {
      if (which === 'all') this.#done.young += 1
      return false
    }
    if (!isWatched(charge, new Date(now).toISOString())) return false
    if (which === 'missed') return known !== undefined && known.missedAt !== null
    return which === 'all' || known === undefined || now >= known.next
  }

  /** It may have become something else since, by another process or by a person. */
  #known({ kind, id }: Charge): Memory | undefined {
    const known = this.#memory.get(id)
    return known?.kind === kind ? known : undefined
  }

  async #ask(charge: Charge): Promise<void> {
    const before = this.#known(charge)
    if (this.#answers === 0 && this.#failures >= ENOUGH) {
      this.#done.unanswered += 1
      return
    }
    try {
      const missedAt = before?.missedAt ?? null
      const missedBefore = missedAt !== null && this.#options.clock() >= missedAt + MISSED_AGAIN
      const answer = await askAbout(this.#parts, this.#options.file, charge, missedBefore)
      this.#answers += 1
      this.#answered(charge, answer, before)
    } catch (error) {
      this.#failures += 1
      this.#unanswered(charge, error, before)
    }
  }

  #answered(charge: Charge, { found, said }: Answer, before: Memory | undefined): void {
    const at = this.#options.clock()
    if (found !== 'known') this.#done[found] += 1
    switch (found) {
      case 'missed': {
        const missedAt = before?.missedAt ?? at
        const memory = { kind: charge.kind, said, at, failures: 0, missedAt, next: at + this.#spread(MISSED_AGAIN) }
        this.#memory.set(charge.id, { ...memory, told: this.#tell(charge, said, before) })
        return
      }
      case 'stuck':
      case 'pending': {
        const next = at + this.#spread(within(PATIENT, (at - Date.parse(charge.since)) / 10))
        const stuck = found === 'stuck'
        const told = stuck && this.#tell(charge, said, before)
        this.#memory.set(charge.id, { kind: charge.kind, said, at, failures: 0, missedAt: null, next, told })
        return
      }
      default:
        this.#memory.delete(charge.id)
    }
  }

  #unanswered(charge: Charge, error: unknown, before: Memory | undefined): void {
    const { clock, log } = this.#options
    const at = clock()
    const failures = (before?.failures ?? 0) + 1
    const next = at + this.#spread(within(IMPATIENT, IMPATIENT.least * 2 ** failures))
    const said = reasonOf(error)
    const expected = PASSING.some((kind) => error instanceof kind)
    if (!expected && before?.said !== said) log(`what became of ${charge.id} could not be found out: ${said}`)
    const told = charge.kind === 'open' ? this.#tell(charge, said, before) : (before?.told ?? false)
    this.#done.unanswered += 1
    const missedAt = before?.missedAt ?? null
    this.#memory.set(charge.id, { kind: charge.kind, said, at, failures, missedAt, next, told })
  }

  /** Once, as long as this process knows of it. */
  #tell({ kind, id }: Charge, said: string, before: Memory | undefined): true {
    if (before?.told !== true) this.#options.log(`${WHAT[kind]} ${id} is in doubt: ${said}`)
    return true
  }

  #spread(milliseconds: number): number {
    return milliseconds * (1 + this.#options.random() / 2)
  }
}

/** Failures without an answer after which a round asks no more. */
const ENOUGH = 5

/** Whoever has opened the gateway says that it is away. */
const PASSING = [GatewayUnknown, GatewayUnreachable, Unavailable]

const WHAT: { readonly [Kind in Charge['kind']]: string } = {
  open: 'the checkout',
  missing: 'the failed checkout',
  unsettled: 'the payment of the checkout',
  refund: 'the refund to a card',
}

const within = ({ least, most }: { readonly least: number; readonly most: number }, wanted: number): number =>
  Math.min(most, Math.max(least, wanted))

const askAbout = async (
  parts: AskingParts,
  file: ChargingFile,
  { kind, leaf, since }: Charge,
  missedBefore: boolean,
): Promise<Answer> => {
  const checkoutAt = (number: number) => documentIn(file, 'checkout', number)
  if (kind === 'refund') {
    const refund = documentIn(file, 'card-refund', leaf)
    const checkout = refund && checkoutAt(refund.requested.orderLeaf)
    return refund && checkout ? askRefund(parts, { refund, since, whole: checkout.started.amount }) : NOT_THERE
  }
  const checkout = checkoutAt(leaf)
  if (checkout === undefined) return NOT_THERE
  if (kind === 'open') return askOpen(parts, checkout, missedBefore)
  return kind === 'missing' ? askMissing(parts, checkout) : askUnsettled(parts, checkout)
}

/** The file is being written just now. */
const NOT_THERE: Answer = { found: 'known', said: '' }
