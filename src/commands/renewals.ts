import type { DataOf } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import type { Period, Subscription } from '../ledger/state.js'
import type { Charging } from './charging.js'
import type { Mac } from './mac.js'
import type { RunEnd } from './one-run.js'
import { type CommandContext, type Commands, type Done, type Outcome, Unavailable } from './port.js'
import type { CheckoutEnd } from './settle-charge.js'

/** What became of the subscriptions that were due, each counted once, but for `renewed`: the periods that were charged. */
export interface Renewed {
  readonly renewed: number
  readonly pastDue: number
  /** Or back on the free plan. */
  readonly ended: number
  /** Past due before, and the card was tried again for nothing. */
  readonly declined: number
  /** Still not paid, or done by another run. */
  readonly unchanged: number
  /** Could not be asked now: the next run will. */
  readonly failed: number
}

export const nothingRenewed: Renewed = { renewed: 0, pastDue: 0, ended: 0, declined: 0, unchanged: 0, failed: 0 }

/** How a run ended, for whoever asked for it. */
export type RenewalEnd = RunEnd<Renewed>

/** What is said of a run, line by line: its progress, and last its end. */
export type RenewalLine = { readonly kind: 'progress'; readonly done: Renewed } | RenewalEnd

/** What a run reads of the write model's file. */
export interface Due {
  renewals(asOf: string, after: string, max: number): readonly string[]
  account(name: string): { readonly own: { readonly subscriptions: readonly Subscription[] } | undefined } | undefined
}

export interface RenewalRun {
  readonly commands: Pick<Commands, 'execute'>
  readonly due: Due
  readonly charge: Charging['charge']
  readonly actor: CommandContext['actor']
  /** The day up to which periods that begin are charged. */
  readonly asOf: string
  readonly correlationId: string
  /** Makes the fingerprints that go with our keys. */
  readonly mac: Mac
  /** Told now and then. */
  readonly progress: (done: Renewed) => void
  /** Told of what nobody expected. */
  readonly log: (message: string) => void
  readonly signal: AbortSignal
}

/** Accounts read at a time, and how many are asked at once. */
const PAGE = 200
const AT_ONCE = 16

/**
 * Asks for every period that is due by that day, account by account, in each the oldest period first, until it is paid, cannot be paid, or
 * ends. Any number of runs may go at once, on any number of processes: a period is charged once. Rejects only where the file cannot be read.
 */
export const runRenewals = async (run: RenewalRun): Promise<Renewed> => {
  const { due, asOf, progress, signal } = run
  const done = { ...nothingRenewed }
  let after = ''
  while (!signal.aborted) {
    const names = due.renewals(asOf, after, PAGE)
    after = names.at(-1) ?? after
    const left = names.values()
    const worker = async (): Promise<void> => {
      for (const name of left) await renewAccount(run, name, done)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    progress({ ...done })
    if (names.length < PAGE) break
  }
  return done
}

type Counts = { -readonly [Field in keyof Renewed]: Renewed[Field] }

/** A subscription whose next period may be due. */
interface Open extends Pick<Subscription, 'id'> {
  readonly period: Period
  /** A card pays for it, unless it is over anyway: then no card is looked for. */
  readonly byCard: boolean
  /** What paid for it: one that ends on the same day may be bought again, when this one was given back or charged ahead. */
  readonly order: string | null
  /** Ends the key. A period that was found unpaid has had its own: it is asked for under another one, day by day. */
  readonly again: string
}

const renewAccount = async (run: RenewalRun, account: string, done: Counts): Promise<void> => {
  const { due, asOf, signal } = run
  const all = due.account(account)?.own?.subscriptions ?? []
  let open: readonly Open[] = all.flatMap(({ id, pays, period, order, state, until }) => {
    if (period === null) return []
    const over = state === 'cancelled' || (until !== null && until < asOf)
    return [{ id, period, byCard: pays !== 'balance' && !over, order, again: state === 'active' ? '' : `:${asOf}` }]
  })
  while (!signal.aborted) {
    const [oldest] = open.filter(({ period }) => period.end <= asOf).sort(byEnd)
    if (oldest === undefined) return
    const paid = await renewOne(run, account, oldest, done)
    const others = open.filter(({ id }) => id !== oldest.id)
    open = paid ? [...others, { ...oldest, ...paid, again: '' }] : others
  }
}

const byEnd = (one: Open, other: Open): number => (one.period.end < other.period.end ? -1 : 1)

/** The next period and what paid for it, now or before; `undefined`: it is not paid. */
const renewOne = async (run: RenewalRun, account: string, open: Open, done: Counts): Promise<Paid | undefined> => {
  const end = await ask(run, account, open)
  if (end === null) {
    done.failed += 1
    return
  }
  if (end.kind !== 'other') {
    done[end.kind === 'paid' ? 'renewed' : open.again === '' ? 'pastDue' : 'declined'] += 1
    return renewedTo(end.done.event)
  }
  const { outcome } = end
  const paid = outcome.kind === 'done' ? renewedTo(outcome.event) : undefined
  if (outcome.kind === 'done' && !outcome.replayed) done[countOf(outcome.event)] += 1
  else if (paid === undefined) done.unchanged += 1
  return paid
}

type Paid = Pick<Open, 'period' | 'order'>

const renewedTo = ({ type, data }: LedgerEvent): Paid | undefined => {
  if (type === 'SubscriptionRenewed') return paidBy(data.order, data)
  return type === 'CheckoutPaid' ? paidBy(data.checkout, data) : undefined
}

const paidBy = (order: string, { items }: Pick<DataOf<'SubscriptionRenewed'>, 'items'>): Paid | undefined => {
  const period = items[0]?.period
  return period && { period, order }
}

const countOf = ({ type }: LedgerEvent): keyof Renewed => {
  if (type === 'SubscriptionRenewed') return 'renewed'
  return type === 'SubscriptionPastDue' ? 'pastDue' : 'ended'
}

/** No card is charged for it by this run. */
interface Other {
  readonly kind: 'other'
  readonly outcome: Outcome
}

/**
 * Asks for the period, and charges the card where one pays for it. A card that cannot be charged now (it cannot be read, too many are being charged, or the server
 * is closing) keeps it from being asked for at all: else it would be past due though nobody has tried. `null`: no answer now.
 */
const ask = async (run: RenewalRun, account: string, open: Open): Promise<CheckoutEnd | Other | null> => {
  const { commands, actor, asOf, correlationId, mac, log } = run
  const { id, period, order, again } = open
  const key = `renew:${id}:${period.end}:${order}${again}`
  const start = async (): Promise<Done | Other> => {
    const idempotency = { key, fingerprint: mac(key, 'base64url') }
    const input = { account, subscription: id, start: period.end, asOf }
    const outcome = await commands.execute('renew', input, { actor, correlationId, idempotency })
    const begun = outcome.kind === 'done' && outcome.event.type === 'CheckoutStarted' && !outcome.replayed
    return begun ? outcome : { kind: 'other', outcome }
  }
  const charge = (from: () => Promise<Done | Other>) => run.charge(from, { kind: 'stored', account })
  try {
    if (open.byCard) return await charge(start)
    const started = await start()
    // A card has paid for it since the file was read.
    return started.kind === 'done' ? await charge(async () => started) : started
  } catch (error) {
    if (!(error instanceof Unavailable)) log(`${key} of ${account} failed: ${String(error)}`)
    return null
  }
}
