/**
 * What must not be in events: credentials of instances, keys of persons (erasing a person is destroying the key), tokens of cards.
 *
 * A name is drawn once and never given another value: a value is put under it, perhaps destroyed, and that is all. So a value may be put before
 * the event that names it, and is there whenever the event is. Names are no secrets: they are in events and in messages.
 */
export interface SecretStore {
  /**
   * Resolves when the value is on disk for good. The same value again is as good; rejects with `SecretTaken` where another one lies, or one was
   * destroyed. After any other error it may be there or not: putting it again tells. With TypeError every call rejects what is
   * no name, and this one what is no well-formed text, or longer than `MAX_VALUE`.
   */
  put(name: string, value: string): Promise<void>
  /** `null`: none was put, or it was destroyed. Rejects with `SecretUnreadable`. */
  get(name: string): Promise<string | null>
  /** Resolves when it is gone for good: nothing can be got or put under this name again, whether there was a value or not. */
  destroy(name: string): Promise<void>
  /**
   * Seals anew, under the current key, what lies under an older one. Cut off anywhere, every value stays readable, and the next call goes on. Others
   * may put, get and destroy meanwhile; what is destroyed stays so.
   */
  rotate(progress: RotationProgress): Promise<Rotated>
  close(): Promise<void>
}

/** Told how many of how many values are done. */
export type RotationProgress = (done: number, total: number) => void

export interface Rotated {
  /** Values sealed anew by this call. */
  readonly resealed: number
  /** Values that are under another key than the current one all the same: unreadable, or put meanwhile by a process with another current key. */
  readonly left: number
  /** Some names of those that could not be read, and why. */
  readonly unreadable: readonly SecretUnreadable[]
}

/**
 * `<kind>/<id>`, for example `instance/8f1c…`. An id is a UUID or the name of an account.
 * Throws TypeError on anything else: no operator of a database gets into a filter.
 */
export const checkName = (name: string): void => {
  if (typeof name !== 'string' || name.length > MAX_NAME || !NAME.test(name)) throw new TypeError('no name of a secret')
}

const NAME = /^[a-z][a-z0-9-]{0,31}\/[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,63}$/u
/** UTF-16 units: letters beyond 16 bits have two. */
const MAX_NAME = 161

/** Bytes of UTF-8. */
export const MAX_VALUE = 65_536

/** An encrypted value. `key`: the id of the key, 16 hex digits. */
export interface Sealed {
  readonly key: string
  readonly bytes: Uint8Array
}

export interface SealedRecord {
  readonly name: string
  readonly sealed: Sealed
}

/** A value to be sealed anew: it is replaced only as long as it lies under the key `from`. */
export interface Reseal extends SealedRecord {
  readonly from: string
}

/** What `SecretRecords.page` is asked for. */
export interface PageOfOthers {
  /** Names behind this one, in whatever order the adapter keeps; `null`: from the first. */
  readonly after: string | null
  /** Only values sealed under another key than this. */
  readonly notUnder: string
  readonly max: number
}

/**
 * What an adapter does: it sees names and sealed bytes only. Every write is durable when it resolves, on SQLite `synchronous=FULL`, on MongoDB
 * `w: majority` and journaled; every read sees only what is durable. Everything rejects with `SecretsUnreachable`, `SecretsFull` and
 * `SecretsFailed`, or another error of a server whose code begins with `secrets_`.
 */
export interface SecretRecords {
  /** `false`: something lies under the name, or was destroyed, and is as it was. */
  insert(record: SealedRecord): Promise<boolean>
  read(name: string): Promise<Sealed | 'destroyed' | null>
  /** Leaves a mark that keeps the name taken. The bytes are overwritten. */
  destroy(name: string): Promise<void>
  /** Those under another key, in order; what was destroyed is left out. */
  page(page: PageOfOthers): Promise<readonly SealedRecord[]>
  /** How many values lie under another key. */
  countNotUnder(key: string): Promise<number>
  /** Each alone, or all together. Gives how many were replaced. */
  replace(records: readonly Reseal[]): Promise<number>
  close(): Promise<void>
}

/** Another value lies under the name, or it was destroyed: nothing was stored. Names are drawn once, so this is a mistake of the caller. */
export class SecretTaken extends Error {
  readonly code = 'secret_taken'
}

/** The value was sealed under a key that is not configured, or is not what was stored. */
export class SecretUnreadable extends Error {
  readonly code = 'secret_unreadable'
}

/** The store does not answer, or another process keeps it busy. */
export class SecretsUnreachable extends Error {
  readonly code = 'secrets_unreachable'
}

/** No space left: nothing was stored. */
export class SecretsFull extends Error {
  readonly code = 'secrets_full'
}

/** The store cannot be opened, read or written. After an error of the disk it accepts nothing until the process starts again. */
export class SecretsFailed extends Error {
  readonly code = 'secrets_failed'
}
