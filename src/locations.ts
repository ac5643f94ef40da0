import { resolve } from 'node:path'

/** Where a store of events lies. */
export type EventsLocation = SqliteLocation

export interface SqliteLocation {
  readonly kind: 'sqlite'
  readonly path: string
}

/** A setting that cannot be used: names it, and says what would do. */
export class ConfigError extends Error {
  readonly code = 'invalid_configuration'
}

/** What a person sees of it. */
export const shown = ({ path }: EventsLocation): string => path

/** Throws `ConfigError`. `_prefix`: of the names of our streams, on a server. */
export const eventsLocation = (name: string, text: string, _prefix: string): EventsLocation => {
  if (/^sqlite:./.test(text)) return { kind: 'sqlite', path: resolve(text.slice(7)) }
  throw new ConfigError(`${name} is '${text}'; it must be sqlite:<file>, for example sqlite:./data/events.db`)
}

/** Without an inner `-`, no prefix is the beginning of another one: two ledgers may share a server. Throws `ConfigError`. */
export const streamPrefix = (name: string, text: string): string => {
  if (/^[A-Za-z0-9][A-Za-z0-9_.]{0,30}-$/.test(text)) return text
  throw new ConfigError(
    `${name} is '${text}'; it must be letters, digits, '_' and '.', at most 31, and a '-' behind them: for example ledger-`,
  )
}
