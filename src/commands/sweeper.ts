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

const actor = systemActor('hold-sweeper')

/** Ends holds that have run out. Any number of processes may sweep at once: who comes second is refused, and that is fine. */
export const startSweeper = ({ commands, due, clock, randomId, log }: SweeperOptions): Sweeper => {
  let sweeping: Promise<void> = Promise.resolve()
  let busy = false

  const sweep = async (): Promise<void> => {
    const orders = due(new Date(clock()).toISOString(), AT_ONCE)
    const correlationId = randomId()
    const expire = (leaf: number) =>
      commands.execute('expire', { order: String(leaf) }, { actor, correlationId, idempotency: null })
    for (const result of await Promise.allSettled(orders.map(expire))) {
      if (result.status === 'rejected' && !(result.reason instanceof Unavailable)) {
        log(`a hold could not be ended: ${String(result.reason)}`)
      }
    }
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
