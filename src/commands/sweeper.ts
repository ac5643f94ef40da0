import { type Commands, Unavailable } from './port.js'
import { systemActor } from './system-actor.js'

export interface SweeperOptions {
  readonly commands: Commands
  /** Orders whose hold ran out by then, as far as the write model's file knows. */
  readonly due: (now: string, max: number) => readonly number[]
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly randomId: () => string
  readonly log: (message: string) => void
}

export interface Sweeper {
  /** Resolves when the sweep under way has ended. */
  close(): Promise<void>
}

const EVERY = 1_000
const AT_ONCE = 200
/** Sweeps until one that was asked for is asked for again. The write model's file shows it as due until its next flush: so none is held up by those before it. */
const FORGOTTEN = 10

const actor = systemActor('hold-sweeper')

/** Ends holds that have run out. Any number of processes may sweep at once: who comes second is refused, and that is fine. */
export const startSweeper = ({ commands, due, clock, randomId, log }: SweeperOptions): Sweeper => {
  let sweeping: Promise<void> = Promise.resolve()
  let busy = false
  let sweeps = 0
  const asked = new Set<number>()

  const expire = async (leaf: number, correlationId: string): Promise<void> => {
    asked.add(leaf)
    try {
      await commands.execute('expire', { order: String(leaf) }, { actor, correlationId, idempotency: null })
    } catch (error) {
      asked.delete(leaf)
      if (!(error instanceof Unavailable)) log(`a hold could not be ended: ${String(error)}`)
    }
  }

  const sweep = async (): Promise<void> => {
    if (sweeps % FORGOTTEN === 0) asked.clear()
    sweeps += 1
    const orders = due(new Date(clock()).toISOString(), AT_ONCE + asked.size).filter((leaf) => !asked.has(leaf))
    const correlationId = randomId()
    await Promise.all(orders.slice(0, AT_ONCE).map((leaf) => expire(leaf, correlationId)))
  }

  const timer = setInterval(() => {
    if (busy) return
    busy = true
    sweeping = sweep()
      .catch((error: unknown) => log(`holds could not be swept: ${String(error)}`))
      .finally(() => {
        busy = false
      })
  }, EVERY)
  timer.unref()

  return {
    close: () => {
      clearInterval(timer)
      return sweeping
    },
  }
}
