import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { reasonOf } from './follower/batch.js'
import { type GatewayConfig, gatewayConfig } from './gateway-config.js'
import { type Keys, keptKeys } from './keys.js'
import { decimalsOf, MOST_DECIMALS } from './ledger/currencies.js'
import { parseMinor } from './ledger/money.js'
import type { TaxTable } from './ledger/tax.js'
import {
  ConfigError,
  type EventsLocation,
  eventsLocation,
  type SecretsLocation,
  secretsLocation,
  streamPrefix,
  type ViewsLocation,
  viewsLocation,
} from './locations.js'
import { daysOf, type Environment, oneOf, whole } from './settings.js'
import { readTaxFile } from './tax-file.js'

export { ConfigError } from './locations.js'

/** What a process does: everything; HTTP and the write side; or the views alone. */
export type Role = 'all' | 'api' | 'projector'

/** Everything the environment decides. Read once, at start. */
export interface Config {
  readonly role: Role
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Where files lie that no other setting names. */
  readonly data: string
  readonly events: EventsLocation
  /** Of the names of our streams on a server. */
  readonly prefix: string
  readonly views: ViewsLocation
  readonly secrets: SecretsConfig
  readonly gateway: GatewayConfig
  readonly tokens: TokenConfig
  /** Keys ids and fingerprints: changing it makes a repeated request another one under the same key, which is refused. */
  readonly secret: string
  /** ISO 4217; of accounts that are opened without one. */
  readonly currency: string
  /** IANA; for the dates that people see and ask for. */
  readonly timeZone: string
  readonly holdSeconds: number
  /** How many days after it was found unpaid a period of a plan may be paid yet. */
  readonly graceDays: number
  /** So many days after it was found unpaid the card is tried again; ascending. */
  readonly retryDays: readonly number[]
  /** The plan of a device that pays nothing. */
  readonly freePlan: string
  /** How old a checkout is that is neither paid nor failed when the card gateway is asked about it. */
  readonly settleMinutes: number
  /** Of any currency, in ten-thousandths: below it the payment API says `notification`. */
  readonly lowBalance: bigint
  /** Of prices; empty: none is due anywhere. */
  readonly taxes: TaxTable
  readonly selfRecharge: boolean
  readonly acceptClock: boolean
  readonly acceptLog: boolean
}

export interface TokenConfig {
  /** A secret for HS256, or a public key in PEM. */
  readonly key: string
  readonly issuer: string | undefined
  readonly audience: string | undefined
}

/** Of what must not be in events: credentials and the like. */
export interface SecretsConfig {
  readonly location: SecretsLocation
  /** What is sealed from now on is sealed under `current`; the others may still be read under. */
  readonly keys: { readonly current: string; readonly old: readonly string[] }
}

const SHORTEST_SECRET = 32

/** Reads the settings. Keys that are not given are drawn once and kept in the data folder. Throws `ConfigError`. */
export const readConfig = (environment: Environment): Config => {
  const empty = Object.keys(environment).find((name) => name.startsWith('COUNTERFOIL_') && environment[name] === '')
  if (empty !== undefined) throw new ConfigError(`${empty} is empty; give it a value, or leave it out`)
  const data = resolve(environment.COUNTERFOIL_DATA ?? 'data')
  const keys = keysOf(environment, data)
  const prefix = streamPrefix('COUNTERFOIL_PREFIX', environment.COUNTERFOIL_PREFIX ?? 'ledger-')
  const events = environment.COUNTERFOIL_EVENTS ?? `sqlite:${join(data, 'events.db')}`
  const views = environment.COUNTERFOIL_VIEWS ?? `sqlite:${join(data, 'views.db')}`
  const secrets = environment.COUNTERFOIL_SECRETS ?? `sqlite:${join(data, 'secrets.db')}`
  return {
    role: oneOf(environment, 'COUNTERFOIL_ROLE', ['all', 'api', 'projector']),
    host: environment.COUNTERFOIL_HOST ?? '127.0.0.1',
    port: whole(environment, 'COUNTERFOIL_PORT', 8080, 65_535),
    data,
    events: eventsLocation('COUNTERFOIL_EVENTS', events, prefix),
    prefix,
    views: viewsLocation('COUNTERFOIL_VIEWS', views),
    secrets: {
      location: secretsLocation('COUNTERFOIL_SECRETS', secrets, prefix),
      keys: { current: keys.secrets, old: oldKeysOf(environment) },
    },
    gateway: gatewayConfig(environment, data),
    tokens: {
      key: keys.tokens,
      issuer: environment.COUNTERFOIL_TOKEN_ISSUER,
      audience: environment.COUNTERFOIL_TOKEN_AUDIENCE,
    },
    secret: keys.secret,
    currency: currencyOf(environment),
    timeZone: timeZoneOf(environment),
    holdSeconds: whole(environment, 'COUNTERFOIL_HOLD_SECONDS', 7 * 24 * 3600, 30 * 24 * 3600),
    graceDays: whole(environment, 'COUNTERFOIL_GRACE_DAYS', 7, 365),
    retryDays: daysOf(environment, 'COUNTERFOIL_RETRY_DAYS', '1,3,5,7'),
    freePlan: environment.COUNTERFOIL_FREE_PLAN ?? 'Free',
    settleMinutes: whole(environment, 'COUNTERFOIL_SETTLE_MINUTES', 10, 24 * 60),
    lowBalance: lowBalanceOf(environment),
    taxes: environment.COUNTERFOIL_TAX_RATES === undefined ? [] : readTaxFile(environment.COUNTERFOIL_TAX_RATES),
    selfRecharge: oneOf(environment, 'COUNTERFOIL_SELF_RECHARGE', ['refuse', 'allow']) === 'allow',
    acceptClock: oneOf(environment, 'COUNTERFOIL_ACCEPT_CLOCK', ['no', 'yes']) === 'yes',
    acceptLog: oneOf(environment, 'COUNTERFOIL_ACCEPT_LOG', ['no', 'yes']) === 'yes',
  }
}

const currencyOf = (environment: Environment): string => {
  const code = environment.COUNTERFOIL_CURRENCY ?? 'CNY'
  if (decimalsOf(code) === undefined) {
    throw new ConfigError(
      `COUNTERFOIL_CURRENCY is '${code}'; it must be an ISO 4217 code with minor units, for example CNY`,
    )
  }
  return code
}

const timeZoneOf = (environment: Environment): string => {
  const zone = environment.COUNTERFOIL_TIME_ZONE ?? 'Asia/Shanghai'
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return zone
  } catch {
    throw new ConfigError(`COUNTERFOIL_TIME_ZONE is '${zone}'; it must be an IANA time zone, for example Asia/Shanghai`)
  }
}

const lowBalanceOf = (environment: Environment): bigint => {
  const text = environment.COUNTERFOIL_LOW_BALANCE ?? '0.00'
  const mark = parseMinor(text, MOST_DECIMALS)
  if (typeof mark === 'bigint') return mark
  throw new ConfigError(`COUNTERFOIL_LOW_BALANCE is '${text}'; it must be a decimal such as 25.00`)
}

const keysOf = (environment: Environment, data: string): Keys => {
  const tokens = environment.COUNTERFOIL_TOKEN_KEY
  const secret = environment.COUNTERFOIL_SECRET
  const secrets = environment.COUNTERFOIL_SECRETS_KEY
  const given = tokens !== undefined && secret !== undefined && secrets !== undefined
  const kept = given ? { tokens, secret, secrets } : keptIn(data)
  const keys = { tokens: tokens ?? kept.tokens, secret: secret ?? kept.secret, secrets: secrets ?? kept.secrets }
  long('COUNTERFOIL_TOKEN_KEY', keys.tokens)
  long('COUNTERFOIL_SECRET', keys.secret)
  long('COUNTERFOIL_SECRETS_KEY', keys.secrets)
  if (keys.secrets.includes(',')) {
    throw new ConfigError(
      'COUNTERFOIL_SECRETS_KEY has a comma, so it could never stand among the old keys; leave it out',
    )
  }
  return keys
}

const keptIn = (data: string): Keys => {
  createFolder(data)
  return keptKeys(join(data, 'keys.json'))
}

const oldKeysOf = ({ COUNTERFOIL_SECRETS_OLD_KEYS: text }: Environment): readonly string[] => {
  const keys = text?.split(',') ?? []
  for (const key of keys) long('COUNTERFOIL_SECRETS_OLD_KEYS', key)
  return keys
}

const long = (name: string, text: string): void => {
  if (Buffer.byteLength(text) < SHORTEST_SECRET) {
    throw new ConfigError(`${name} is too short; it must have at least ${SHORTEST_SECRET} bytes`)
  }
}

/** Throws `ConfigError`. */
export const createFolder = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    throw new ConfigError(`the folder ${path} cannot be made: ${reasonOf(error)}`)
  }
}
