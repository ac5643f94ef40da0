import { reasonOf } from '../follower/batch.js'
import type { Asked } from './asked.js'
import type { Asking } from './asking.js'
import { MISSED_AGAIN } from './asking-walk.js'
import { createOneRun, type OneRun, type OneRunOptions, type RunEnd } from './one-run.js'

export interface AskingSchedulerOptions extends OneRunOptions {
  readonly asking: Asking
  readonly randomId: () => string
  /** Told what an operator should know. */
  readonly log: (message: string) => void
}

/** What somebody wants to be asked. */
export interface AskedToSettle {
  /** Milliseconds: checkouts that are older; left out: as configured. */
  readonly settleAfter?: number
  readonly correlationId: string
  readonly progress: (done: Asked) => void
}

/** How a run ended, and what is said of it, line by line: its progress, and last its end. */
export type SettlingEnd = RunEnd<Asked>
export type SettlingLine = { readonly kind: 'progress'; readonly done: Asked } | SettlingEnd

/** Asks the gateway of itself, and when somebody wants it. Any number of processes may. */
export interface AskingScheduler extends OneRun<AskedToSettle, Asked> {
  readonly said: Asking['said']
}

const EVERY = 15_000
/** Milliseconds between two looks whether it is to end. */
const LOOK = 250
/** A second for the clock. */
const UNTIL_MISSED_AGAIN = MISSED_AGAIN + 1_000

export const startAsking = (options: AskingSchedulerOptions): AskingScheduler => {
  const { asking, randomId, log, wait } = options
  const ending = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()
  /** Two rounds at once would ask twice. */
  const inTurn: Asking['round'] = (round) => {
    const next = last.then(() => asking.round(round))
    last = next.catch(() => undefined)
    return next
  }
  const run = async (): Promise<void> => {
    const common = {
      which: 'due',
      correlationId: randomId(),
      signal: ending.signal,
      progress: () => undefined,
    } as const
    await inTurn(common).catch((error: unknown) => log(`the card gateway could not be asked: ${reasonOf(error)}`))
    if (ending.signal.aborted) return
    timer = setTimeout(begin, EVERY)
    timer.unref()
  }
  const begin = (): void => {
    running = run()
  }
  let running = run()

  const byHand = createOneRun<AskedToSettle, Asked>(options, async (asked, signal) => {
    const first = await inTurn({ ...asked, which: 'all', signal })
    if (first.missed === 0) return first
    for (let left = UNTIL_MISSED_AGAIN; left > 0 && !signal.aborted; left -= LOOK) await wait(LOOK)
    const progress = (done: Asked): void => asked.progress(sum(first, done))
    return sum(first, await inTurn({ ...asked, progress, which: 'missed', signal }))
  })
  return {
    begin: byHand.begin,
    said: asking.said,
    close: async () => {
      ending.abort()
      clearTimeout(timer)
      await Promise.all([running, byHand.close()])
    },
  }
}

/** What was missed first was asked about again. */
const sum = (first: Asked, second: Asked): Asked => ({
  paid: first.paid + second.paid,
  failed: first.failed + second.failed,
  settled: first.settled + second.settled,
  returned: first.returned + second.returned,
  givenBack: first.givenBack + second.givenBack,
  refunded: first.refunded + second.refunded,
  notRefunded: first.notRefunded + second.notRefunded,
  pending: first.pending + second.pending,
  stuck: first.stuck + second.stuck,
  unanswered: first.unanswered + second.unanswered,
  missed: second.missed,
  young: first.young,
})
