import { setTimeout as sleep } from 'node:timers/promises'
import type { Role } from './config.js'
import { codeOf, reasonOf } from './follower/batch.js'
import type { Readiness } from './http/parts.js'
import { hindranceOf } from './insisting.js'
import type { Projecting } from './projecting.js'
import { projections } from './projections/projections.js'
import { SecretsUnreachable } from './secrets/port.js'
import type { EventStore } from './store/port.js'
import type { Hindrance } from './thread.js'
import { type ViewCheckpoint, ViewsUnreachable } from './views/port.js'
import type { WriteSide } from './write-side.js'

export interface Watched {
  readonly role: Role
  readonly opening: {
    readonly hindrance: Hindrance | null
    readonly store: Pick<EventStore, 'trouble' | 'epoch'> | null
    readonly projecting: Pick<Projecting, 'state' | 'events' | 'failure'> | null
    readonly write:
      | (Pick<WriteSide, 'start' | 'stopped'> & { readonly loop: Pick<WriteSide['loop'], 'leaf' | 'wrongClock'> })
      | null
  }
  /** By projection, of its live build. */
  readonly checkpoint: (name: string) => Promise<Pick<ViewCheckpoint, 'epoch' | 'leaf'> | null>
  readonly standstill: Standstill
  /** Rejects while the store of secrets cannot be asked. */
  readonly secrets: () => Promise<void>
  /** What the card gateway's last call was rejected with. */
  readonly gateway: () => Hindrance | null
}

/** For how many milliseconds a live build that stands at a leaf has been seen standing there, short of the end of the log. */
export type Standstill = (name: string, leaf: number, end: number) => number

/** `now`: milliseconds, monotonic. It knows what it is asked about: whoever asks once an hour learns it after an hour. */
export const createStandstill = (now: () => number): Standstill => {
  const seen = new Map<string, { readonly leaf: number; readonly end: number; readonly since: number }>()
  return (name, leaf, end) => {
    const before = seen.get(name)
    const since = before?.leaf === leaf && leaf < before.end ? before.since : now()
    seen.set(name, { leaf, end, since })
    return leaf < end ? now() - since : 0
  }
}

/** Milliseconds: twice what it takes another projector to take over from one that is gone. */
const AWAY = 10_000

/** Views that are further behind than this are not ready to be read. */
const MOST_BEHIND = 5_000

const STARTING: Hindrance = { code: 'not_ready', detail: 'the server is starting' }

/** In milliseconds. Who asks whether we are ready (a balancer, an orchestrator) gives us a second, often. */
const PATIENCE = 750

const SILENT = new ViewsUnreachable(`the views have not answered within ${PATIENCE} ms`)
export const SILENT_SECRETS = new SecretsUnreachable(`the secrets have not answered within ${PATIENCE} ms`)

/** Asks once at a time. When the answer takes too long, rejects with what the last one was that failed, or with `silent`. */
export const promptly = <Answer>(ask: () => Promise<Answer>, silent: Error = SILENT): (() => Promise<Answer>) => {
  let asking: Promise<Answer> | null = null
  let failed: unknown = silent
  const begin = (): Promise<Answer> =>
    ask()
      .then(
        (answer) => {
          failed = silent
          return answer
        },
        (error: unknown) => {
          failed = error
          throw error
        },
      )
      .finally(() => {
        asking = null
      })
  const late = async (signal: AbortSignal): Promise<never> => {
    await sleep(PATIENCE, undefined, { signal })
    throw failed
  }
  return async () => {
    asking ??= begin()
    const answered = new AbortController()
    try {
      return await Promise.race([asking, late(answered.signal)])
    } finally {
      answered.abort()
    }
  }
}

/** What works and what does not, part by part. */
export const readiness = async (watched: Watched): Promise<readonly Readiness[]> => {
  const { role, opening } = watched
  const { projecting, write } = opening
  const failure = projecting?.failure() ?? null
  const followers = projecting?.state() ?? []
  return [
    part('events', eventsTrouble(watched)),
    ...(role === 'projector' ? [] : [part('commands', write === null ? STARTING : commandsTrouble(write))]),
    ...(role === 'projector' ? [] : [part('secrets', await secretsTrouble(watched))]),
    ...(role === 'projector' ? [] : [{ name: 'gateway', ready: true, ...watched.gateway() }]),
    part('projector', failure === null ? null : { code: 'projector_failed', detail: failure }),
    ...(await Promise.all(projections.map(async ({ name }) => part(name, await viewsTrouble(name, watched))))),
    ...followers
      .filter((follower) => !projections.some(({ name }) => name === follower.name))
      .map((follower) => part(follower.name, follower.trouble ?? behind(follower.leaf, watched))),
  ]
}

const part = (name: string, trouble: Hindrance | null): Readiness =>
  trouble === null ? { name, ready: true } : { name, ready: false, code: trouble.code, detail: trouble.detail }

const eventsTrouble = ({ role, opening }: Watched): Hindrance | null => {
  const { hindrance, store, projecting } = opening
  const open = role === 'projector' ? projecting !== null : store !== null
  return hindrance ?? store?.trouble() ?? projecting?.events() ?? (open ? null : STARTING)
}

const commandsTrouble = ({ stopped, loop }: NonNullable<Watched['opening']['write']>): Hindrance | null => {
  const error = stopped()
  if (error !== null) return { code: codeOf(error, 'undecodable'), detail: reasonOf(error) }
  return loop.wrongClock === null ? null : { code: 'clock', detail: loop.wrongClock }
}

const secretsTrouble = ({ secrets }: Watched): Promise<Hindrance | null> => secrets().then(() => null, hindranceOf)

/** Where another process folds the views, its live build is what counts. */
const viewsTrouble = async (name: string, watched: Watched): Promise<Hindrance | null> => {
  const own = watched.opening.projecting?.state().find((follower) => follower.name === name)
  if (own !== undefined && own.doing !== 'standby') {
    const waiting = own.doing === 'opening' && watched.role === 'projector'
    return own.trouble ?? (waiting ? OPENING : behind(own.leaf, watched))
  }
  if (watched.role !== 'api' && own === undefined) return STARTING
  try {
    const live = await watched.checkpoint(name)
    const { store, write } = watched.opening
    if (live === null)
      return write === null || write.loop.leaf === -1
        ? null
        : { code: 'behind', detail: 'nobody has made the views yet' }
    if (store !== null && live.epoch !== store.epoch)
      return { code: 'view_checkpoint_mismatch', detail: 'the views were made from another event store; rebuild them' }
    return away(name, live.leaf, watched) ?? behind(live.leaf, watched)
  } catch (error) {
    return hindranceOf(error)
  }
}

const OPENING: Hindrance = { code: 'behind', detail: 'the views are being opened, or made for the first time' }

const away = (name: string, leaf: number, { standstill, opening: { write } }: Watched): Hindrance | null => {
  const end = write?.loop.leaf ?? -1
  const stood = standstill(name, leaf, end)
  if (stood < AWAY) return null
  const detail = `no projector has folded anything for ${Math.round(stood / 1_000)} s, and ${end - leaf} events wait`
  return { code: 'projector_away', detail }
}

/** By what the write side of this process knows of the log. */
const behind = (leaf: number, { opening: { write } }: Watched): Hindrance | null => {
  if (write === null) return null
  const count = write.loop.leaf - leaf
  return leaf < write.start || count > MOST_BEHIND ? { code: 'behind', detail: `${count} events behind` } : null
}
