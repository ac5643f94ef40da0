import { resolve } from 'node:path'

/** Where a store lies. A connection may carry a password: `shown` is what a person sees of it. */
export type EventsLocation = SqliteLocation | EventStoreDbLocation
export type ViewsLocation = SqliteLocation | MongoLocation
export type SecretsLocation = SqliteLocation | (MongoLocation & { readonly prefix: string })

export interface SqliteLocation {
  readonly kind: 'sqlite'
  readonly path: string
}

export interface EventStoreDbLocation {
  readonly kind: 'eventstoredb'
  readonly connection: string
  /** Of the names of our streams there. */
  readonly prefix: string
}

export interface MongoLocation {
  readonly kind: 'mongodb'
  readonly connection: string
}

/** A setting that cannot be used: names it, and says what would do. */
export class ConfigError extends Error {
  readonly code = 'invalid_configuration'
}

/** The file or the connection string without its secrets. */
export const shown = (location: EventsLocation | ViewsLocation | SecretsLocation): string =>
  location.kind === 'sqlite' ? location.path : masked(location.connection)

/** Throws `ConfigError`. */
export const eventsLocation = (name: string, text: string, prefix: string): EventsLocation => {
  const path = sqlitePath(text)
  if (path !== null) return { kind: 'sqlite', path }
  if (/^esdb(?:\+discover)?:/.test(text)) return { kind: 'eventstoredb', connection: eventStoreDb(name, text), prefix }
  return wrong(name, text, 'it must be sqlite:<file>, esdb://<host>:<port> or esdb+discover://<host>')
}

/** Throws `ConfigError`. */
export const viewsLocation = (name: string, text: string): ViewsLocation => {
  const path = sqlitePath(text)
  if (path !== null) return { kind: 'sqlite', path }
  if (/^mongodb(?:\+srv)?:/.test(text)) return { kind: 'mongodb', connection: mongoDb(name, text) }
  return wrong(name, text, 'it must be sqlite:<file>, mongodb://<host>/<database> or mongodb+srv://<host>/<database>')
}

/** Several ledgers may share a database. Throws `ConfigError`. */
export const secretsLocation = (name: string, text: string, prefix: string): SecretsLocation => {
  const location = viewsLocation(name, text)
  return location.kind === 'sqlite' ? location : { ...location, prefix }
}

/** Without an inner `-`, no prefix is the beginning of another one: two ledgers may share a server. Throws `ConfigError`. */
export const streamPrefix = (name: string, text: string): string => {
  if (/^[A-Za-z0-9][A-Za-z0-9_.]{0,30}-$/.test(text)) return text
  return wrong(
    name,
    text,
    "it must be letters, digits, '_' and '.', at most 31, and a '-' behind them: for example ledger-",
  )
}

const sqlitePath = (text: string): string | null => (/^sqlite:./.test(text) ? resolve(text.slice(7)) : null)

const wrong = (name: string, text: string, sentence: string): never => {
  throw new ConfigError(`${name} is '${masked(text)}'; ${sentence}`)
}

/** Everything between the user's name and the last `@`, however it is written, and the options that carry secrets. */
const masked = (text: string): string =>
  text
    .replace(/(:\/\/[^:@]*):.*@/s, '$1:***@')
    .replace(/([?&][^=&]*(?:password|token|secret|properties)[^=&]*=)[^&]*/gi, '$1***')

const REST = '<option>=<value>&…, user and options left out or percent-encoded'
const CREDENTIALS = '(?:[^:@/?]+:[^:@/?]+@)?'
const ESDB = new RegExp(
  String.raw`^esdb(?:\+discover)?://${CREDENTIALS}[\w.-]+(?::\d{1,5})?(?:,[\w.-]+(?::\d{1,5})?)*/?(?:\?(.*))?$`,
  's',
)
const MONGO = /^mongodb(?:\+srv)?:\/\/(?:[^@/?]+@)?[^,@/?]+(?:,[^,@/?]+)*(?:\/[\w-]{0,63})?(?:\?(.*))?$/s

/** A value that will do, in words and as a pattern. */
type Kind = readonly [string, RegExp]
const FLAG: Kind = ['true or false', /^(?:true|false)$/]
const TEXT: Kind = ['a text', /./]
const WHOLE: Kind = ['a whole number', /^-?\d+$/]

/** What the driver understands and we can use: of another one it would only warn, with the password in the warning, and go on. */
const ESDB_OPTIONS: Readonly<Record<string, Kind>> = {
  tls: FLAG,
  tlsCAFile: TEXT,
  userCertFile: TEXT,
  userKeyFile: TEXT,
  connectionName: TEXT,
  // What a refusal rests on is read on the leader.
  nodePreference: ['leader', /^leader$/],
  maxDiscoverAttempts: WHOLE,
  discoveryInterval: WHOLE,
  gossipTimeout: WHOLE,
  defaultDeadline: WHOLE,
  keepAliveInterval: WHOLE,
  keepAliveTimeout: WHOLE,
}

const eventStoreDb = (name: string, text: string): string => {
  const found = ESDB.exec(text)
  if (found === null) return wrong(name, text, `it must be esdb://<user>:<password>@<host>:<port>,…?${REST}`)
  for (const [key, value] of options(found[1])) {
    const kind = Object.hasOwn(ESDB_OPTIONS, key) ? ESDB_OPTIONS[key] : undefined
    if (kind === undefined)
      return wrong(name, text, `'${key}' is no option; there are ${Object.keys(ESDB_OPTIONS).join(', ')}`)
    if (!kind[1].test(value)) return wrong(name, text, `${key} must be ${kind[0]}`)
  }
  return text
}

const mongoDb = (name: string, text: string): string => {
  const found = MONGO.exec(text)
  if (found !== null && options(found[1]).every(([key, value]) => key !== '' && value !== '')) return text
  return wrong(name, text, `it must be mongodb://<user>:<password>@<host>:<port>,…/<database>?${REST}`)
}

const options = (query: string | undefined): readonly (readonly [string, string])[] =>
  query === undefined
    ? []
    : query.split('&').map((pair) => {
        const at = pair.indexOf('=')
        return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
      })
