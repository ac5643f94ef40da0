import type { CommandLoop } from './commands/loop.js'
import type { Readiness } from './http/parts.js'
import type { Projecting } from './projecting.js'
import type { EventStore } from './store/port.js'

export interface Watched {
  readonly store: EventStore
  readonly projecting: Projecting
  readonly loop: CommandLoop
  /** Leaf number of the last event at start. */
  readonly start: number
}

/** Views that are further behind than this are not ready to be read. */
const MOST_BEHIND = 5_000

/** What works and what does not, part by part. */
export const readiness = ({ store, projecting, loop, start }: Watched): readonly Readiness[] => {
  const failure = projecting.failure()
  const followers = projecting.state().map(({ name, leaf, trouble }) => {
    const behind = leaf < start || loop.leaf - leaf > MOST_BEHIND
    return part(name, trouble ?? (behind ? { code: 'behind', detail: `${loop.leaf - leaf} events behind` } : null))
  })
  return [
    part('events', store.trouble()),
    part('commands', stopped(loop.stopped)),
    part('projector', failure === null ? null : { code: 'projector_failed', detail: failure }),
    ...followers,
  ]
}

type Trouble = Pick<Readiness, 'code' | 'detail'>

const part = (name: string, trouble: Trouble | null): Readiness =>
  trouble === null ? { name, ready: true } : { name, ready: false, ...trouble }

const stopped = (error: unknown): Trouble | null =>
  error === null ? null : { code: 'undecodable', detail: error instanceof Error ? error.message : String(error) }
