import { Binary, type Collection, MongoServerError } from 'mongodb'
import { type Connected, connect, checkAddress as isAddress } from '../mongodb/connect.js'
import { DUPLICATE, type FaultKind, faultOf } from '../mongodb/errors.js'
import { Patience } from '../mongodb/patience.js'
import { type Sealed, type SecretRecords, SecretsFailed, SecretsFull, SecretsUnreachable } from './port.js'

export interface MongoSecretOptions {
  /** `mongodb://` or `mongodb+srv://`. The database is the one it names, else `counterfoil`. */
  readonly connection: string
  /** Of the collection's name: several ledgers may share a database. */
  readonly prefix: string
  /** Of this process with the server; left out: as long as the driver waits. */
  readonly patience?: Patience
}

/** Milliseconds and connections: shorter than a command may take. */
const WAITING = { socketTimeoutMS: 5_000, maxPoolSize: 16 }

/** As it lies in the collection. `key` and `sealed` are null where it was destroyed. */
interface Stored {
  readonly _id: string
  readonly key: string | null
  readonly sealed: Binary | null
}

/**
 * The secrets in a collection of MongoDB, which is no view: nothing makes it again. Whatever the connection string says, what is written is
 * there for good when it answers. Rejects with `SecretServerError`.
 */
export const openMongoSecrets = ({
  connection,
  prefix,
  patience = new Patience(),
}: MongoSecretOptions): Promise<SecretRecords> =>
  connect({
    connection,
    waiting: WAITING,
    patience,
    use: (connected) => recordsIn(connected, connected.db.collection<Stored>(`${prefix}secrets`)),
    // A write that changes nothing.
    probe: (records) => records.replace([{ name: '', from: '', sealed: { key: '', bytes: new Uint8Array() } }]),
    explained,
  })

/** Throws `SecretServerError` where the driver does not take the string; nothing is sent. */
export const checkSecretsAddress = (connection: string): void => {
  isAddress(connection, explained)
}

/** The server of the secrets, and what is wrong with it. Its message ends with the next step; its cause is the driver's error. */
export class SecretServerError extends Error {
  constructor(
    readonly code: string,
    message: string,
    cause: Error,
  ) {
    super(message, { cause })
  }
}

const KINDS: Readonly<Record<Exclude<FaultKind, 'full' | 'failed' | 'unreachable'>, { readonly code: string }>> = {
  'address-invalid': { code: 'secrets_address_invalid' },
  'too-old': { code: 'secrets_server_too_old' },
  denied: { code: 'secrets_denied' },
  'not-writable': { code: 'secrets_not_writable' },
}

const explained = (error: unknown, address: string): unknown => {
  const fault = faultOf(error, address)
  if (fault === null) return error
  const { kind, message, cause } = fault
  if (kind === 'full') return new SecretsFull(`${message}; nothing was stored`, { cause })
  if (kind === 'failed') return new SecretsFailed(message, { cause })
  if (kind === 'unreachable') return new SecretsUnreachable(message, { cause })
  return new SecretServerError(KINDS[kind].code, message, cause)
}

const recordsIn = ({ run, close }: Connected, collection: Collection<Stored>): SecretRecords => {
  const others = (key: string) => ({ sealed: { $ne: null }, key: { $ne: key } })
  return {
    insert: ({ name, sealed }) => run(() => unlessThere(() => collection.insertOne(fromSealed(name, sealed)))),
    read: (name) =>
      run(async () => {
        const found = await collection.findOne({ _id: name })
        return found === null ? null : toRecord(found)
      }),
    destroy: (name) =>
      run(async () => {
        const mark = { key: null, sealed: null }
        const put = (upsert: boolean) => unlessThere(() => collection.replaceOne({ _id: name }, mark, { upsert }))
        // A value was inserted between the server's match and its insert: now it is there to be replaced.
        if (!(await put(true))) await put(false)
      }),
    page: ({ after, notUnder, max }) =>
      run(async () => {
        const behind = after === null ? {} : { _id: { $gt: after } }
        const cursor = collection.find({ ...others(notUnder), ...behind }, { sort: { _id: 1 }, limit: max })
        return (await cursor.toArray()).map((found) => ({ name: found._id, sealed: toSealed(found) }))
      }),
    countNotUnder: (key) => run(() => collection.countDocuments(others(key))),
    replace: (records) =>
      run(async () => {
        const writes = records.map(({ name, from, sealed }) => ({
          replaceOne: { filter: { _id: name, key: from }, replacement: fromSealed(name, sealed) },
        }))
        return writes.length === 0 ? 0 : (await collection.bulkWrite(writes, { ordered: false })).matchedCount
      }),
    close,
  }
}

/** `false`: the name was taken already. */
const unlessThere = async (write: () => Promise<unknown>): Promise<boolean> => {
  try {
    await write()
    return true
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE) return false
    throw error
  }
}

const fromSealed = (name: string, { key, bytes }: Sealed): Stored => ({ _id: name, key, sealed: new Binary(bytes) })

const toRecord = (found: Stored): Sealed | 'destroyed' =>
  found.key === null && found.sealed === null ? 'destroyed' : toSealed(found)

/** Throws `SecretsFailed` on what is no record of ours. */
const toSealed = (found: Stored): Sealed => {
  const { _id, key, sealed }: { readonly [Field in keyof Stored]?: unknown } = found
  if (typeof key === 'string' && sealed instanceof Binary) return { key, bytes: sealed.value() }
  throw new SecretsFailed(`what lies under ${String(_id)} is no secret of ours; restore a backup`)
}
