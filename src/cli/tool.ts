import type { Config } from '../config.js'
import { errorCatalogue } from '../http/errors.js'
import { operatorErrors } from '../operator-errors.js'

/** What a command of the command line works with. */
export interface Terminal {
  readonly args: readonly string[]
  readonly config: Config
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Results. */
  readonly out: (text: string) => void
  /** Progress and remarks. */
  readonly note: (text: string) => void
  /** Notes go to a person's terminal, where a line can be written over. */
  readonly live: boolean
}

export interface Tool {
  readonly name: string
  readonly usage: string
  readonly meaning: string
  /** The exit code. */
  run(terminal: Terminal): Promise<number>
}

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {
  readonly code = 'usage'
}

/** An error that a person can mend is one sentence behind its code; anything else keeps its stack. */
export const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  const known = Object.hasOwn(operatorErrors, code) || Object.hasOwn(errorCatalogue, code)
  return known ? `${code}: ${error.message}` : String(error.stack)
}
