import { codeOf, reasonOf } from '../follower/batch.js'
import { Unavailable } from './port.js'
import { type RenewalEnd, type RenewalRun, runRenewals } from './renewals.js'

export interface RenewingOptions extends Pick<RenewalRun, 'commands' | 'due' | 'charge' | 'mac' | 'log'> {
  readonly loop: { catchUp(): Promise<void>; readonly leaf: number }
  /** The leaf number up to which the write model's file holds everything. */
  readonly flushed: () => number
  readonly wait: (milliseconds: number) => Promise<void>
}

export type AskedToRenew = Pick<RenewalRun, 'asOf' | 'actor' | 'correlationId' | 'progress'>

/** Renewals that somebody asks for. */
export interface Renewing {
  /** Looks at all that the log holds now. One at a time: `null` while another is under way. Never rejects. */
  renew(asked: AskedToRenew): Promise<RenewalEnd> | null
  /** Breaks off what is under way, and resolves when it has ended. */
  close(): Promise<void>
}

/** Milliseconds that the file has to come to where the log is, and between two looks. */
const PATIENCE = 15_000
const LOOK = 50

export const createRenewing = ({ loop, flushed, wait, ...common }: RenewingOptions): Renewing => {
  const ending = new AbortController()
  let running: Promise<RenewalEnd> | null = null

  const caughtUp = async (): Promise<void> => {
    await loop.catchUp()
    const { leaf } = loop
    for (let left = PATIENCE; flushed() < leaf && !ending.signal.aborted; left -= LOOK) {
      if (left <= 0) throw new Unavailable('busy', 'the write model is behind')
      await wait(LOOK)
    }
  }
  const run = async (asked: AskedToRenew): Promise<RenewalEnd> => {
    try {
      await caughtUp()
      const result = await runRenewals({ ...common, ...asked, signal: ending.signal })
      if (ending.signal.aborted) throw new Unavailable('shutting_down', 'the server is closing; ask again')
      return { kind: 'done', result }
    } catch (error) {
      return { kind: 'failed', code: codeOf(error, 'internal_error'), detail: reasonOf(error) }
    }
  }
  return {
    renew: (asked) => {
      if (running !== null) return null
      running = run(asked).finally(() => {
        running = null
      })
      return running
    },
    close: async () => {
      ending.abort()
      await running
    },
  }
}
