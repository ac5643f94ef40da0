import { setTimeout as pause } from 'node:timers/promises'
import { BSON, MongoClient } from 'mongodb'
import t, { type Test } from 'tap'
import { masked } from '../../src/mongodb/errors.js'
import { Patience } from '../../src/mongodb/patience.js'
import { createViewDatabase } from '../../src/views/mongodb/database.js'
import { explained } from '../../src/views/mongodb/errors.js'
import { createMongoViewStore, openMongoViewReader, openMongoViewStore } from '../../src/views/mongodb.js'
import { type Command, fakeMongo, greeting, type Reply } from '../support/fake-mongodb.js'
import { startMongo } from '../support/mongodb.js'

const spec = { projection: 'p', version: 1, documents: 'd', rows: 'r', indexes: [] }
const document = (key: string, at = 1) => ({ key, at, body: {} })
const failed = (code: number, errmsg: string) => ({ ok: 0, code, errmsg })

/** A build of a store whose server answers so, once it is open. */
const buildOn = async (t: Test, reply: Reply) => {
  const answers: { reply: Reply } = { reply: () => undefined }
  const store = await openMongoViewStore({ connection: await fakeMongo(t, (command) => answers.reply(command)) })
  t.teardown(() => store.close())
  const build = await store.openBuild(spec, '1.1')
  answers.reply = reply
  return { store, build }
}

/** With a code and a sentence, and no secret in it. */
const rejects = async (t: Test, work: Promise<unknown>, code: string, sentence: RegExp) => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  t.match(error, { code, message: sentence })
  t.notMatch(String(error), /secret/)
}

t.test('a server that is too old is named, with what to do', async (t) => {
  const old = await startMongo(t, { wireVersion: 8 })
  await rejects(t, openMongoViewStore({ connection: old.url('x') }), 'views_server_too_old', /MongoDB 4\.4.*upgrade/)
})

t.test('where no server is, the start says so within seconds, and without the password', async (t) => {
  const from = performance.now()
  const nowhere = 'mongodb://someone:top-secret@127.0.0.1:9/views'
  await rejects(
    t,
    openMongoViewReader({ connection: nowhere }),
    'views_unreachable',
    /mongodb:\/\/\*\*\*@127\.0\.0\.1:9\/views/,
  )
  t.ok(performance.now() - from < 6_000)
})

t.test('a connection string that cannot be read is refused, and never quoted', async (t) => {
  for (const connection of [
    'mongodb://someone:top-secret@/views',
    'mongodb://someone:top@secret@host/views',
    'http://someone:top-secret@host/views',
    'mongodb://someone:top-secret@host/views?noSuchOption=1',
    'someone:top-secret@host',
  ])
    await rejects(t, openMongoViewStore({ connection }), 'views_address_invalid', /percent-encoded/)
  t.equal(masked('mongodb://a:p@ss@h1,h2:1/db?tlsCertificateKeyFilePassword=secret'), 'mongodb://***@h1,h2:1/db')
  t.equal(masked('mongodb://h1/db'), 'mongodb://h1/db')
})

t.test('the database is the one that the connection string names, else counterfoil', async (t) => {
  const asked: unknown[] = []
  const named = await fakeMongo(t, (command) => {
    if ('find' in command) asked.push(command.$db)
    return undefined
  })
  for (const connection of [named, named.replace('/views?', '/our%20views?'), named.replace('/views?', '/?')])
    await (await openMongoViewReader({ connection })).close()
  t.same(asked, ['views', 'our views', 'counterfoil'])
})

t.test('a wrong password and missing rights are told apart from a server that is not there', async (t) => {
  const wrong = await fakeMongo(t, (command) =>
    'saslStart' in command ? failed(18, 'Authentication failed.') : undefined,
  )
  await rejects(t, openMongoViewStore({ connection: wrong }), 'views_denied', /Authentication failed.*authSource/)
  const readOnly = await fakeMongo(t, (command) =>
    'delete' in command ? failed(13, 'not authorized on views') : undefined,
  )
  await rejects(t, openMongoViewStore({ connection: readOnly }), 'views_denied', /not authorized.*readWrite/)
})

t.test('a server that is no writable primary is named', async (t) => {
  const secondary = { ...greeting, ismaster: false, secondary: true, setName: 'rs', hosts: ['127.0.0.1:1'] }
  const direct = await fakeMongo(t, (command) => {
    if ('hello' in command || 'ismaster' in command) return secondary
    return 'delete' in command ? failed(10107, 'not primary') : undefined
  })
  await rejects(t, openMongoViewStore({ connection: direct }), 'views_not_writable', /election/)
  let itself = ''
  const member = await fakeMongo(t, (command) =>
    'hello' in command || 'ismaster' in command ? { ...secondary, hosts: [itself], me: itself } : undefined,
  )
  itself = new URL(member).host
  const asMember = member.replace('directConnection=true', 'replicaSet=rs')
  await rejects(t, openMongoViewStore({ connection: asMember }), 'views_not_writable', /election/)
})

const writes = (command: Command): boolean => 'update' in command || 'insert' in command

t.test('every write error is looked at: a duplicate is no failure, anything beside it is', async (t) => {
  const duplicate = { index: 0, code: 11000, errmsg: 'E11000 duplicate key' }
  const cases = [
    { error: { index: 1, code: 14031, errmsg: 'no space' }, code: 'views_full', sentence: /there is space/ },
    {
      error: { index: 1, code: 121, errmsg: 'does not validate' },
      code: 'views_failed',
      sentence: /does not validate \(121\)/,
    },
    { error: { index: 1, code: 10107, errmsg: 'not primary' }, code: 'views_not_writable', sentence: /election/ },
  ]
  for (const { error, code, sentence } of cases) {
    const { build } = await buildOn(t, (command) =>
      writes(command) ? { ok: 1, n: 0, writeErrors: [duplicate, error] } : undefined,
    )
    await rejects(t, build.commit({ rows: [], documents: [document('a'), document('b')] }), code, sentence)
  }
})

t.test('what most members have not got is not written', async (t) => {
  const writeConcernError = { code: 64, errmsg: 'waiting for replication timed out' }
  for (const writeErrors of [[], [{ index: 0, code: 11000, errmsg: 'E11000 duplicate key' }]]) {
    const { build } = await buildOn(t, (command) =>
      writes(command) ? { ok: 1, n: 1, writeErrors, writeConcernError } : undefined,
    )
    await rejects(
      t,
      build.commit({ rows: [], documents: [document('a')] }),
      'views_failed',
      /replication timed out|E11000/,
    )
  }
})

t.test('a disk that is full is told in whatever way the server says it', async (t) => {
  const { build, store } = await buildOn(t, (command) =>
    writes(command) || 'createIndexes' in command ? failed(14031, 'no space') : undefined,
  )
  await rejects(t, build.commit({ rows: [], documents: [document('a')] }), 'views_full', /there is space/)
  await rejects(t, build.finish(), 'views_full', /there is space/)
  await rejects(t, store.createBuild(spec), 'views_full', /there is space/)
})

t.test('whatever else the server or the driver says is passed on behind a code of ours', async (t) => {
  const entry = { build: '1.1', documents: 'd', rows: 'r', dropping: false }
  const directory = { _id: 'p', at: 1, body: { live: null, numbers: { '1': 1 }, builds: [entry] } }
  const { build, store } = await buildOn(t, (command) => {
    if (command.find === '_directory')
      return { ok: 1, cursor: { id: BSON.Long.ZERO, ns: 'x.y', firstBatch: [directory] } }
    if ('update' in command) return { ok: 1, n: 1, nModified: 1 }
    return 'drop' in command || 'find' in command ? failed(8, 'something') : undefined
  })
  await rejects(t, build.documents(['a']), 'views_failed', /^mongodb:.*: something$/)
  await rejects(t, store.dropBuild(spec, '1.1'), 'views_failed', /^mongodb:.*: something$/)
  const huge = { key: 'a', at: 1, body: { text: 'x'.repeat(17_000_000) } }
  await rejects(t, build.commit({ rows: [], documents: [huge] }), 'views_failed', /./)
})

t.test("an error of Node's that the driver lets through is an unreachable server", async (t) => {
  const broken = Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' })
  t.match(explained(broken, 'host'), { code: 'views_unreachable', cause: broken })
})

t.test('an index that takes longer than an answer may is asked for again', async (t) => {
  let asked = 0
  const connection = await fakeMongo(t, (command) => {
    if (!('createIndexes' in command)) return undefined
    asked += 1
    return asked < 3 ? null : { ok: 1 }
  })
  const client = new MongoClient(connection, { socketTimeoutMS: 300 })
  t.teardown(() => client.close())
  const database = createViewDatabase({ db: client.db(), run: (work) => work(), close: () => client.close() })
  const build = await createMongoViewStore(database).openBuild(spec, '1.1')
  await build.finish()
  t.equal(asked, 3)
})

t.test('a connection that breaks under a batch is an unreachable server', async (t) => {
  const server = await startMongo(t)
  const store = await openMongoViewStore({ connection: server.url('x') })
  t.teardown(() => store.close())
  const build = await store.createBuild(spec)
  await server.kill()
  await rejects(t, build.commit({ rows: [], documents: [document('a')] }), 'views_unreachable', /start the server/)
})

t.test('when the process ends, nobody waits for a server that is away', async (t) => {
  /** Gives how many milliseconds it took. */
  const unreachable = async (t: Test, works: readonly Promise<unknown>[]): Promise<number> => {
    const from = performance.now()
    await Promise.all(works.map((work) => rejects(t, work, 'views_unreachable', /no answer/)))
    return performance.now() - from
  }
  const server = await startMongo(t)
  const opened = async () => {
    const ending = new AbortController()
    const options = { connection: server.url('x'), patience: new Patience(ending.signal) }
    const store = await openMongoViewStore(options)
    t.teardown(() => store.close())
    return { ending, options, store }
  }

  await t.test('it was away before', async (t) => {
    const { ending, options, store } = await opened()
    await server.kill()
    await unreachable(t, [store.liveBuild('p')])
    const waiting = [store.liveBuild('p'), openMongoViewStore(options)]
    ending.abort()
    const took = await unreachable(t, [...waiting, store.liveBuild('p'), openMongoViewStore(options)])
    t.ok(took < 1_000, `${took} ms`)
    await server.restart()
  })

  await t.test('it goes afterwards: the first who learns of it tells all', async (t) => {
    const { ending, store } = await opened()
    ending.abort()
    t.equal(await store.liveBuild('p'), null, 'what answers is asked as ever')
    await server.kill()
    const first = unreachable(t, [store.liveBuild('p')])
    await pause(1_500)
    const second = unreachable(t, [store.liveBuild('p')])
    t.ok((await first) < 6_000)
    t.ok((await second) < 2_500, `${await second} ms`)
  })
})

t.test('a read on a server that froze ends within seconds', async (t) => {
  let frozen = false
  const connection = await fakeMongo(t, () => (frozen ? null : undefined))
  const reader = await openMongoViewReader({ connection })
  t.teardown(() => reader.close())
  t.equal(await reader.document('p', 'a'), null)
  frozen = true
  const from = performance.now()
  await rejects(t, reader.document('p', 'a'), 'views_unreachable', /no answer/)
  t.ok(performance.now() - from < 10_000, `${performance.now() - from} ms`)
})
