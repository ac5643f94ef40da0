import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  linkSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import Database from 'better-sqlite3'
import { reasonOf } from './follower/batch.js'
import { ConfigError } from './locations.js'
import { syncDirectory } from './sqlite/disposable.js'

/** The keys of a ledger that were not given to it: drawn once, and kept in the data folder. */
export interface Keys {
  readonly tokens: string
  readonly secret: string
  readonly secrets: string
}

/** A file of before there were secrets has no key for them. */
type Kept = Omit<Keys, 'secrets'> & { readonly secrets?: string }

const SETTINGS = 'COUNTERFOIL_TOKEN_KEY, COUNTERFOIL_SECRET and COUNTERFOIL_SECRETS_KEY'

const fresh = (): string => randomBytes(48).toString('base64url')

const textOf = (keys: Kept): string => `${JSON.stringify(keys, null, 2)}\n`

/** The keys in a file, whose folder must exist. Where it is not there they are drawn; what is there is never replaced. Throws `ConfigError`. */
export const keptKeys = (path: string): Keys => {
  if (!existsSync(path)) draw(path)
  return complete(readKeys(path)) ?? addSecrets(path)
}

const complete = (kept: Kept): Keys | null => (kept.secrets === undefined ? null : { ...kept, secrets: kept.secrets })

/** Whole or not at all, and never over keys that another process has just drawn. */
const draw = (path: string): void => {
  const draft = `${path}.${process.pid}`
  try {
    writeFileSync(draft, textOf({ tokens: fresh(), secret: fresh(), secrets: fresh() }), { mode: 0o600, flush: true })
    linkSync(draft, path)
    syncDirectory(path)
  } catch (error) {
    // Another process was first; or else reading will say that nothing is there.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw new ConfigError(`${path} cannot be written: ${reasonOf(error)}; make it possible, or set ${SETTINGS}`)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** One process at a time, so that all of them use the same key; and on disk before anything is sealed under it. */
const addSecrets = (path: string): Keys => {
  try {
    return locked(path.replace(/json$/, 'lock'), () => {
      // Through a link: what it leads to stays where it is.
      const file = realpathSync(path)
      // Another process may have been faster: then its key stays.
      const { tokens, secret, secrets } = { secrets: fresh(), ...readKeys(file) }
      return replace(file, { tokens, secret, secrets })
    })
  } catch (error) {
    throw new ConfigError(
      `${path} cannot be given a key for the secrets: ${reasonOf(error)}; set COUNTERFOIL_SECRETS_KEY`,
    )
  }
}

/** Milliseconds that another process may take for the same. */
const PATIENCE = 10_000

const locked = <Result>(path: string, work: () => Result): Result => {
  const lock = new Database(path, { timeout: PATIENCE })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return work()
  } finally {
    lock.close()
  }
}

const replace = (file: string, keys: Keys): Keys => {
  const draft = `${file}.${process.pid}`
  const { mode, uid, gid } = statSync(file)
  try {
    writeFileSync(draft, textOf(keys), { mode, flush: true })
    chownSync(draft, uid, gid)
    renameSync(draft, file)
    syncDirectory(file)
    return keys
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

const readKeys = (path: string): Kept => {
  const keys = keysIn(path)
  if (keys !== null) return keys
  throw new ConfigError(`${path} does not hold the keys; restore it, or set ${SETTINGS}`)
}

const keysIn = (path: string): Kept | null => {
  try {
    const kept: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof kept !== 'object' || kept === null || !('tokens' in kept) || !('secret' in kept)) return null
    const { tokens, secret } = kept
    if (typeof tokens !== 'string' || typeof secret !== 'string') return null
    if (!('secrets' in kept)) return { tokens, secret }
    return typeof kept.secrets === 'string' ? { tokens, secret, secrets: kept.secrets } : null
  } catch {
    return null
  }
}
