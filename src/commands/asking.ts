import type { Asked, AskingOptions, Round, Said } from './asked.js'
import { type Memory, Walk } from './asking-walk.js'

export interface Asking {
  /** Walks through all that is not over, once. One round at a time. Rejects only where the file cannot be read. */
  round(round: Round): Promise<Asked>
  /** By the id of the checkout or the refund; `null`: it was not asked about by this process. */
  said(id: string): Said | null
}

/** Accounts read at a time, and how many of them are asked about at once. */
const PAGE = 200
const AT_ONCE = 4
/** Nothing is kept beyond the process: all that matters is in the ledger and at the gateway. */
export const createAsking = (options: AskingOptions): Asking => {
  const { file, pause } = options
  const memory = new Map<string, Memory>()
  const round = async (asked: Round): Promise<Asked> => {
    const walk = new Walk(options, memory, asked)
    let after = ''
    while (!asked.signal.aborted) {
      const names = file.charging(after, PAGE)
      after = names.at(-1) ?? after
      const left = names.values()
      const worker = async (): Promise<void> => {
        for (const name of left) await walk.account(name)
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      asked.progress(walk.done)
      if (names.length < PAGE) {
        walk.forget()
        break
      }
      await pause()
    }
    return walk.done
  }
  return { round, said: (id) => memory.get(id) ?? null }
}
