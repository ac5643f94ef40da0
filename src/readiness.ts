import { codeOf, reasonOf } from './follower/batch.js'
import type { Readiness } from './http/parts.js'
import type { Projecting } from './projecting.js'
import type { EventStore } from './store/port.js'

export interface Watched {
  readonly store: Pick<EventStore, 'trouble'>
  readonly projecting: Pick<Projecting, 'state' | 'failure'>
  /** Of the last event that the write side has applied. */
  readonly leaf: number
  /** Why the write side has stopped, or `null`. */
  readonly stopped: unknown
  /** Leaf number of the last event at start. */
  readonly start: number
}

/** Views that are further behind than this are not ready to be read. */
const MOST_BEHIND = 5_000

/** What works and what does not, part by part. */
export const readiness = ({ store, projecting, leaf, stopped, start }: Watched): readonly Readiness[] => {
  const failure = projecting.failure()
  return [
    part('events', store.trouble()),
    part('commands', stopped === null ? null : { code: codeOf(stopped, 'undecodable'), detail: reasonOf(stopped) }),
    part('projector', failure === null ? null : { code: 'projector_failed', detail: failure }),
    ...projecting.state().map((follower) => {
      const count = leaf - follower.leaf
      const behind = follower.leaf < start || count > MOST_BEHIND
      return part(
        follower.name,
        follower.trouble ?? (behind ? { code: 'behind', detail: `${count} events behind` } : null),
      )
    }),
  ]
}

const part = (name: string, trouble: Pick<Readiness, 'code' | 'detail'> | null): Readiness =>
  trouble === null ? { name, ready: true } : { name, ready: false, ...trouble }
