import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import t, { type Test } from 'tap'
import { checkSecretsAddress, openMongoSecrets } from '../../src/secrets/mongodb.js'
import { secretStoreContract } from '../contract/secret-store.js'
import { type Command, fakeMongo, type Reply } from '../support/fake-mongodb.js'
import { mongoDatabases, startMongo } from '../support/mongodb.js'
import { A, B, names, silent, storeOver, under } from '../support/secrets.js'

const database = await mongoDatabases(t)
const prefix = 'ledger-'

const open = async (t: Test, connection = database(t)) => {
  const records = await openMongoSecrets({ connection, prefix })
  t.teardown(() => records.close())
  return { connection, records }
}

const clientOf = (t: Test, connection: string): MongoClient => {
  const client = new MongoClient(connection)
  t.teardown(() => client.close())
  return client
}

{
  /** One connection for all: each test has a collection of its own. */
  const connection = database(t)
  let made = 0
  secretStoreContract(t, async (t) => {
    made += 1
    const records = await openMongoSecrets({ connection, prefix: `${prefix}${made}-` })
    t.teardown(() => records.close())
    return records
  })
}

t.test('two ledgers share a database, and a destroyed value is in no document', async (t) => {
  const { connection, records } = await open(t)
  const other = await openMongoSecrets({ connection, prefix: 'books-' })
  t.teardown(() => other.close())
  await storeOver(records, under(A)).put('person/a', 'ours')
  await storeOver(other, under(A)).put('person/a', 'theirs')
  await storeOver(other, under(A)).destroy('person/a')
  t.equal(await storeOver(records, under(A)).get('person/a'), 'ours')
  const db = clientOf(t, connection).db()
  t.same(await db.collection('books-secrets').find().toArray(), [{ _id: 'person/a', key: null, sealed: null }])
  t.match(await db.collection('ledger-secrets').find().toArray(), [{ _id: 'person/a', key: /^[0-9a-f]{16}$/ }])
})

t.test('what lies there and is not ours is no secret', async (t) => {
  const { connection, records } = await open(t)
  const stored = clientOf(t, connection).db().collection<{ _id: string }>('ledger-secrets')
  const store = storeOver(records, under(A))
  for (const [index, wrong] of [{}, { key: 1, sealed: null }, { key: 'x', sealed: 'text' }].entries()) {
    const _id = `instance/${index}`
    await stored.insertOne({ _id, ...wrong })
    await t.rejects(store.get(_id), { code: 'secrets_failed', message: /instance\/\d is no secret of ours/ })
  }
  await t.rejects(store.rotate(silent), { code: 'secrets_failed' })
})

/** Records on a server that answers so, once they are open. */
const recordsOn = async (t: Test, reply: Reply) => {
  const answers: { reply: Reply } = { reply: () => undefined }
  const { records } = await open(t, await fakeMongo(t, (command) => answers.reply(command)))
  answers.reply = reply
  return records
}

const failed = (code: number, errmsg: string) => ({ ok: 0, code, errmsg })
const refused = (code: number, errmsg: string) => ({ ok: 1, n: 0, writeErrors: [{ index: 0, code, errmsg }] })

t.test('what is written is acknowledged by the majority and journaled, what is read is there for good', async (t) => {
  const asked: Command[] = []
  const records = await recordsOn(t, (command) => {
    asked.push(command)
    return undefined
  })
  const store = storeOver(records, under(A))
  await store.put('instance/1', 'x')
  await store.get('instance/1')
  await store.destroy('instance/1')
  const [insert, find, update] = asked.filter((command) => !('ping' in command) && !('hello' in command))
  const durable = { w: 'majority', j: true }
  t.match(insert, { insert: 'ledger-secrets', writeConcern: durable })
  t.match(find, { find: 'ledger-secrets', readConcern: { level: 'majority' } })
  t.match(update, { update: 'ledger-secrets', writeConcern: durable })
})

t.test('a value that comes between the match and the insert of destroying is destroyed', async (t) => {
  const upserts: unknown[] = []
  const records = await recordsOn(t, (command) => {
    if (!('update' in command)) return undefined
    const [{ upsert } = { upsert: null }] = command.updates as { upsert?: unknown }[]
    upserts.push(upsert)
    return upsert === true ? refused(11000, 'E11000 duplicate key') : { ok: 1, n: 1, nModified: 1 }
  })
  await records.destroy('instance/1')
  t.same(upserts, [true, false])
})

t.test('what a server refuses is told by a code, and without the password', async (t) => {
  const rejects = async (work: Promise<unknown>, code: string, message: RegExp): Promise<void> => {
    const error: unknown = await work.catch((reason: unknown) => reason)
    t.match(error, { code, message })
    t.notMatch(String(error), 'secret@')
    t.notMatch(String(error), 'top-secret')
  }
  const answering = async (reply: object): Promise<ReturnType<typeof storeOver>> =>
    storeOver(await recordsOn(t, (command) => ('insert' in command || 'find' in command ? reply : undefined)), under(A))
  await rejects((await answering(refused(14031, 'no space'))).put('instance/1', 'x'), 'secrets_full', /nothing was sto/)
  await rejects((await answering(failed(13, 'not authorized'))).get('instance/1'), 'secrets_denied', /readWrite/)
  await rejects((await answering(failed(10107, 'not primary'))).get('instance/1'), 'secrets_not_writable', /election/)
  await rejects((await answering(failed(8, 'something'))).get('instance/1'), 'secrets_failed', /: something$/)
  const old = await startMongo(t, { wireVersion: 8 })
  await rejects(openMongoSecrets({ connection: old.url('x'), prefix }), 'secrets_server_too_old', /upgrade it$/)
  const unknown = 'mongodb://someone:top-secret@127.0.0.1/x?noSuchOption=1'
  await rejects(
    (async () => openMongoSecrets({ connection: unknown, prefix }))(),
    'secrets_address_invalid',
    /percent-encoded$/,
  )
  t.throws(() => checkSecretsAddress(unknown), { code: 'secrets_address_invalid' })
  checkSecretsAddress(old.url('x'))
})

t.test('what was acknowledged before the server was killed is there, and a rotation goes on', async (t) => {
  const server = await startMongo(t, { file: join(t.testdir(), 'secrets.mv') })
  const { records } = await open(t, server.url('books'))
  const store = storeOver(records, under(A))
  const acknowledged = new Set<string>()
  const putting = (async () => {
    for (const name of names(400)) {
      for (;;) {
        const put = await store.put(name, name).then(
          () => null,
          (error: unknown) => error,
        )
        if (put === null) break
        t.match(put, { code: /^secrets_/ })
      }
      acknowledged.add(name)
    }
  })()
  await pause(300)
  await server.kill()
  const known = [...acknowledged]
  await server.restart()
  for (const name of known) t.equal(await store.get(name), name)
  await putting
  const rotating = storeOver(records, under(B, A)).rotate(silent)
  const ended = rotating.catch((error: unknown) => error)
  await server.kill()
  await server.restart()
  t.ok(await ended)
  for (const name of names(400)) t.equal(await storeOver(records, under(B, A)).get(name), name)
  t.match(await storeOver(records, under(B, A)).rotate(silent), { left: 0 })
  t.equal(await storeOver(records, under(B)).get('instance/399'), 'instance/399')
})
