import { type RenewalRun, runRenewals } from './renewals.js'
import { systemActor } from './system-actor.js'

export interface SchedulerOptions extends Pick<RenewalRun, 'commands' | 'due' | 'charge' | 'mac' | 'log'> {
  /** The date now, in the configured zone. */
  readonly today: () => string
  readonly randomId: () => string
}

export interface Scheduler {
  /** Breaks off the run under way, and resolves when it has ended. */
  close(): Promise<void>
}

const EVERY = 3_600_000
/** After a run that could not ask for all. */
const SOON = 60_000

const actor = systemActor('renewals')

/** Renews what is due today, now and every hour. Any number of processes may do so at once. */
export const startScheduler = ({ today, randomId, ...rest }: SchedulerOptions): Scheduler => {
  const { log } = rest
  const ending = new AbortController()
  let timer: NodeJS.Timeout | undefined

  const renew = async (): Promise<boolean> => {
    const common = { ...rest, actor, signal: ending.signal, progress: () => undefined }
    try {
      return (await runRenewals({ ...common, asOf: today(), correlationId: randomId() })).failed === 0
    } catch (error) {
      log(`plans could not be renewed: ${String(error)}`)
      return false
    }
  }
  const run = async (): Promise<void> => {
    const all = await renew()
    if (ending.signal.aborted) return
    timer = setTimeout(begin, all ? EVERY : SOON)
    timer.unref()
  }
  const begin = (): void => {
    running = run()
  }
  let running = run()

  return {
    close: () => {
      ending.abort()
      clearTimeout(timer)
      return running
    },
  }
}
