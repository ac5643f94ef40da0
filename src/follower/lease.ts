import type { Lease, ViewStore } from '../views/port.js'

export interface LeaseOptions {
  readonly views: Pick<ViewStore, 'lease' | 'takeLease'>
  readonly name: string
  /** Drawn by the process. */
  readonly holder: string
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** One process's hope of a lease. All of it rejects with the store's error; what is held then stays held. */
export interface LeaseKeeper {
  readonly held: boolean
  /** Gives a sign of life, or takes what is free: nobody's, given back, or without a sign of life for `TERM`. */
  beat(): Promise<void>
  /** Takes it from whoever holds it, who will see it at the next beat. */
  seize(): Promise<void>
  /** Gives it back, if it is held. */
  release(): Promise<void>
}

/** Milliseconds between two signs of life. */
export const BEAT = 1_000
/** Milliseconds without one after which the holder is taken for gone. */
export const TERM = 5_000

/** Where a lock keeps other processes out. */
export const alone: LeaseKeeper = {
  held: true,
  beat: async () => undefined,
  seize: async () => undefined,
  release: async () => undefined,
}

/** Others' signs of life are timed by this process's own clock, so that clocks need not agree; what keeps them from us may keep them from the store. */
export const createLease = ({ views, name, holder, now }: LeaseOptions): LeaseKeeper => {
  let seen: Lease | null = null
  let since = now()
  let held = false
  let last: Promise<void> = Promise.resolve()

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
  const look = async (): Promise<void> => {
    const asked = now()
    const found = await views.lease(name).catch((error: unknown) => {
      since = now()
      throw error
    })
    const late = now() - asked >= BEAT
    if (late || found?.holder !== seen?.holder || found?.beat !== seen?.beat) since = now()
    seen = found
  }
  const put = async (by: string): Promise<void> => {
    const next = { holder: by, beat: (seen?.beat ?? 0) + 1 }
    held = await views.takeLease(name, seen, next)
    if (held) seen = next
  }

  return {
    get held() {
      return held
    },
    beat: () =>
      inTurn(async () => {
        await look()
        const free = seen === null || [holder, ''].includes(seen.holder) || now() - since >= TERM
        if (free) await put(holder)
        else held = false
      }),
    seize: () =>
      inTurn(async () => {
        while (!held) {
          await look()
          await put(holder)
        }
      }),
    release: () =>
      inTurn(async () => {
        if (!held) return
        await put('')
        held = false
      }),
  }
}
