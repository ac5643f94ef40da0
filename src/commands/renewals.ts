import type { Subscription } from '../ledger/state.js'
import type { Mac } from './mac.js'
import { type CommandContext, type Commands, type Inputs, type Outcome, Unavailable } from './port.js'

/** What became of the subscriptions that were due, each counted once, but for `renewed`: the periods that were charged. */
export interface Renewed {
  readonly renewed: number
  readonly pastDue: number
  readonly ended: number
  /** Still not paid, or done by another run. */
  readonly unchanged: number
  /** Could not be asked now: the next run will. */
  readonly failed: number
}

/** How a run ended, for whoever asked for it. */
export type RenewalEnd =
  | { readonly kind: 'done'; readonly result: Renewed }
  | { readonly kind: 'failed'; readonly code: string; readonly detail: string }

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
 * Asks for every period that is due by that day, account by account, the oldest period first, until it is paid, cannot be paid, or ends. Any
 * number of runs may go at once, on any number of processes: a period is charged once. Rejects only where the file cannot be read.
 */
export const runRenewals = async (run: RenewalRun): Promise<Renewed> => {
  const { due, asOf, progress, signal } = run
  const done = { renewed: 0, pastDue: 0, ended: 0, unchanged: 0, failed: 0 }
  const renewAccount = async (account: string): Promise<void> => {
    for (const subscription of due.account(account)?.own?.subscriptions ?? []) {
      if (subscription.period.end <= asOf && !signal.aborted) await renewOne(run, { account, subscription }, done)
    }
  }
  let after = ''
  while (!signal.aborted) {
    const names = due.renewals(asOf, after, PAGE)
    after = names.at(-1) ?? after
    const left = names.values()
    const worker = async (): Promise<void> => {
      for (const name of left) await renewAccount(name)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    progress({ ...done })
    if (names.length < PAGE) break
  }
  return done
}

type Counts = { -readonly [Field in keyof Renewed]: Renewed[Field] }

interface Asked {
  readonly account: string
  readonly subscription: Subscription
}

/** One subscription, period by period. */
const renewOne = async (run: RenewalRun, { account, subscription }: Asked, done: Counts): Promise<void> => {
  const { id, period, state } = subscription
  // A period that was found unpaid has had its key: it is asked for under another one, day by day.
  let again = state === 'active' ? '' : `:${run.asOf}`
  let start = period.end
  while (start <= run.asOf && !run.signal.aborted) {
    const input = { account, subscription: id, start, asOf: run.asOf }
    const outcome = await ask(run, input, `renew:${id}:${start}${again}`)
    const paid = outcome?.kind === 'done' && outcome.event.type === 'SubscriptionRenewed' ? outcome.event.data : null
    if (paid === null || outcome?.kind !== 'done' || !outcome.replayed) done[countOf(outcome)] += 1
    if (paid === null) return
    start = paid.items[0]?.period?.end ?? LAST
    again = ''
  }
}

/** After every period. */
const LAST = '9999-12-31'

const countOf = (outcome: Outcome | null): keyof Renewed => {
  if (outcome === null) return 'failed'
  if (outcome.kind !== 'done') return 'unchanged'
  if (outcome.event.type === 'SubscriptionRenewed') return 'renewed'
  if (outcome.replayed) return 'unchanged'
  return outcome.event.type === 'SubscriptionPastDue' ? 'pastDue' : 'ended'
}

/** `null`: no answer now. */
const ask = async (run: RenewalRun, input: Inputs['renew'], key: string): Promise<Outcome | null> => {
  const { commands, actor, correlationId, mac, log } = run
  try {
    const idempotency = { key, fingerprint: mac(key, 'base64url') }
    return await commands.execute('renew', input, { actor, correlationId, idempotency })
  } catch (error) {
    if (!(error instanceof Unavailable)) log(`${key} of ${input.account} failed: ${String(error)}`)
    return null
  }
}
