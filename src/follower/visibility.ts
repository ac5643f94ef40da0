/** Who waits until a view has passed an event. */
export interface Visibility {
  /** The named view now holds every event up to this number. */
  passed(name: string, leaf: number): void
  /** The view has passed the event, or nobody reads it any more without that event; -1 is before the first. */
  reached(name: string, leaf: number): boolean
  /**
   * `true` once the view has passed the event, or nobody reads it any more without that event; `false` after about `milliseconds` (up to
   * 50 more). An event that the log does not hold is waited for in vain.
   */
  wait(name: string, leaf: number, milliseconds: number): Promise<boolean>
  /** Likewise of an event that lies in the log; from `true` on nobody reads the view without it. */
  show(name: string, leaf: number, milliseconds: number): Promise<boolean>
}

interface Waiter {
  readonly leaf: number
  readonly until: number
  readonly resolve: (visible: boolean) => void
}

interface View {
  leaf: number
  /** By rising number; waiters mostly come in that order. */
  waiting: Waiter[]
  polling: boolean
}

const SWEEP = 50
const POLL = 5

/** Asks how far the live build of a view has come, where another process folds it. */
export type Poll = (name: string) => Promise<number>

/** Of views that are folded elsewhere. */
export interface Sources {
  /** A view is asked every 5 ms while somebody waits for it, once at a time; left out: every commit is told of by `passed`. */
  readonly poll?: Poll
  /** Nobody reads a view without what came up to this number; `undefined`: nothing is owed. */
  readonly owed?: (name: string) => number | undefined
  /** From now on nobody reads a view without this event, which lies in the log; `true`, or it cannot be promised. */
  readonly owe?: (name: string, leaf: number) => boolean | undefined
}

/** `now` is a monotonic clock in milliseconds. One timer sweeps while anybody waits. */
export const createVisibility = (now: () => number, { poll, owed, owe }: Sources = {}): Visibility => {
  const views = new Map<string, View>()
  let _timer: NodeJS.Timeout | null = null

  const view = (name: string): View => {
    const known = views.get(name) ?? { leaf: -1, waiting: [], polling: false }
    views.set(name, known)
    return known
  }

  const passed = (name: string, leaf: number): void => {
    const one = view(name)
    one.leaf = Math.max(one.leaf, leaf)
    const behind = one.waiting.findIndex((waiter) => waiter.leaf > one.leaf)
    const served = one.waiting.splice(0, behind === -1 ? one.waiting.length : behind)
    for (const waiter of served) waiter.resolve(true)
  }

  const sweep = (): void => {
    const time = now()
    for (const one of views.values()) {
      const late = one.waiting.filter((waiter) => waiter.until <= time)
      if (late.length > 0) one.waiting = one.waiting.filter((waiter) => waiter.until > time)
      for (const waiter of late) waiter.resolve(false)
    }
    _timer = [...views.values()].some(({ waiting }) => waiting.length > 0) ? setTimeout(sweep, SWEEP) : null
  }

  const ask = async (name: string, using: Poll): Promise<void> => {
    const one = view(name)
    if (one.polling) return
    one.polling = true
    while (one.waiting.length > 0) {
      passed(name, await using(name).catch(() => -1))
      if (one.waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, POLL))
    }
    one.polling = false
  }

  const reached = (name: string, leaf: number): boolean => leaf <= view(name).leaf || leaf <= (owed?.(name) ?? -1)

  const wait = (name: string, leaf: number, milliseconds: number): Promise<boolean> => {
    if (reached(name, leaf)) return Promise.resolve(true)
    const one = view(name)
    _timer ??= setTimeout(sweep, SWEEP)
    return new Promise((resolve) => {
      insert(one.waiting, { leaf, until: now() + milliseconds, resolve })
      if (poll !== undefined) void ask(name, poll)
    })
  }

  return {
    passed,
    reached,
    wait,
    show: (name, leaf, milliseconds) =>
      leaf > view(name).leaf && owe?.(name, leaf) === true ? Promise.resolve(true) : wait(name, leaf, milliseconds),
  }
}

const insert = (waiting: Waiter[], waiter: Waiter): void => {
  const before = waiting.findLastIndex((other) => other.leaf <= waiter.leaf)
  if (before === waiting.length - 1) waiting.push(waiter)
  else waiting.splice(before + 1, 0, waiter)
}
