import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import t, { type Test } from 'tap'
import { RetentionSet, StoreUnreachable, StoreUnreadable } from '../../src/store/errors.js'
import { openEventStoreDb, openEventStoreDbLog } from '../../src/store/eventstoredb.js'
import { event, ids } from '../contract/names.js'
import { startDouble } from '../support/eventstoredb/double.js'
import { folder } from './support.js'

const quick = { deadline: 1000, patience: 1000, silence: 300, probe: 1000, probeSoon: 50 }
const log = (): void => {}

const begin = async (t: Test) => {
  const double = await startDouble({ directory: folder(t) })
  t.teardown(() => double.stop())
  const connection = double.connectionString
  const options = { connection, prefix: 'ledger-', log, times: quick }
  const client = EventStoreDBClient.connectionString(connection)
  t.teardown(() => client.dispose())
  return { double, options, client }
}

t.test('of many that open a new store at once all find one epoch, also those that only read', async (t) => {
  const { options } = await begin(t)
  const opened = await Promise.all([
    openEventStoreDbLog(options),
    ...Array.from({ length: 4 }, () => openEventStoreDb(options)),
    openEventStoreDbLog(options),
  ])
  t.equal(new Set(opened.map(({ epoch }) => epoch)).size, 1)
  const [reading, writing] = [opened[0], await openEventStoreDb({ ...options, random: () => 1, times: {} })]
  await writing.append('s', -1, [event('a')])
  t.same(ids((await reading?.readLog({ after: null, max: 9 })) ?? []), ['a'])
  for (const one of [...opened, writing]) await one.close()
})

t.test('a stream of the epoch that holds something else is refused', async (t) => {
  const { options, client } = await begin(t)
  await client.appendToStream('_counterfoil-epoch-ledger-', jsonEvent({ type: 'Odd', data: { epoch: 7 } }))
  await t.rejects(
    openEventStoreDb(options),
    new StoreUnreadable('the stream _counterfoil-epoch-ledger- does not hold an epoch'),
  )
})

t.test('nobody answers: a named refusal after a while', async (t) => {
  const silent = { connection: 'esdb://127.0.0.1:1?tls=false', prefix: 'ledger-', log, times: quick }
  await t.rejects(openEventStoreDb(silent), StoreUnreachable)
  await t.rejects(openEventStoreDbLog(silent), StoreUnreachable)
  const sockets: Socket[] = []
  const mute = createServer((socket) => sockets.push(socket))
  const port = await new Promise((resolve) => mute.listen(0, '127.0.0.1', () => resolve(Object(mute.address()).port)))
  await t.rejects(openEventStoreDb({ ...silent, connection: `esdb://127.0.0.1:${port}?tls=false` }), StoreUnreachable)
  for (const socket of sockets) socket.destroy()
  mute.close()
})

t.test('a server that takes no appends cannot be opened', async (t) => {
  const { double, options } = await begin(t)
  await double.fault({ kind: 'unavailable', count: 2, stream: '_counterfoil' })
  await t.rejects(openEventStoreDb(options), /takes no append/)
  await t.rejects(openEventStoreDbLog(options), /takes no append/)
  await (await openEventStoreDbLog(options)).close()
  await double.fault({ kind: 'unavailable', stream: '_counterfoil-clock' })
  await t.rejects(openEventStoreDb(options), /takes no append/)
})

t.test('what cannot be a connection or a prefix is refused without showing a password', async (t) => {
  const refused: Readonly<Record<string, RegExp>> = {
    'http://u:secret@h:1': /must look like esdb:/,
    'esdb://u:secret@h:port': /must look like esdb:/,
    'esdb://u:secret@h:1?tls=maybe': /must look like esdb:/,
    'esdb://u:secret@h:1?throwOnAppendFailure=false': /has 'throwOnAppendFailure', which is no setting here/,
    'esdb://u:secret@h:1?tls=false&odd=1': /has 'odd'/,
    'esdb://u:secret@h:1?tlsCAFile=/nowhere/ca.crt': /Failed to load certificate file/,
  }
  for (const [connection, message] of Object.entries(refused)) {
    const failed = await openEventStoreDb({ connection, prefix: 'ledger-', log }).catch((error: unknown) => error)
    t.match(failed, { code: 'store_unreadable', message })
    t.notMatch(String(failed), /secret/)
  }
  for (const prefix of ['', '_ledger', '$ledger', 'a b', 'x'.repeat(65)]) {
    await t.rejects(openEventStoreDb({ connection: 'esdb://h:1', prefix, log }), { code: 'store_unreadable' })
  }
})

t.test('people see JSON in the server, and every byte comes back', async (t) => {
  const { options, client } = await begin(t)
  const store = await openEventStoreDb(options)
  const texts = [
    '{"a":{"b":"é🙂"},"n":1e+21}',
    '{"10":1,"9":2}',
    '[1]',
    'null',
    'no JSON',
    '{"a": 1}',
    '{"__proto__":1}',
  ]
  const metadata = '{"z":1,"10":2,"9":3}'
  const events = texts.map((data, i) => ({ ...event(`e${i}`, data), id: randomUUID(), metadata }))
  await store.append('s', -1, events)
  const stored = await store.readStream('s', { direction: 'forwards', max: 10 })
  t.same(
    stored.map(({ data }) => data),
    texts,
  )
  t.ok(stored.every((one) => one.metadata === metadata))
  const seen: boolean[] = []
  for await (const { event: one } of client.readStream('ledger-s')) seen.push(one?.isJson === true)
  t.same(seen, [true, false, true, false, false, false, true])
  await store.close()
})

t.test('retention on one of our streams stops who follows, until it is gone', async (t) => {
  const { options, client } = await begin(t)
  const store = await openEventStoreDb(options)
  await store.append('account-a', -1, [event('a')])
  await client.setStreamMetadata('ledger-account-a', { cacheControl: 10, acl: { readRoles: ['x'] } })
  await client.setStreamMetadata('other', { maxCount: 1 })
  await client.appendToStream('$$ledger-odd', jsonEvent({ type: '$metadata', data: '$maxAge' }))
  await client.appendToStream('$$ledger-odd', jsonEvent({ type: '$metadata', data: { $maxCount: null } }))
  const binary = { ...jsonEvent({ type: '$metadata', data: {} }), contentType: 'application/octet-stream' as const }
  await client.appendToStream('$$ledger-odd', { ...binary, data: Uint8Array.from(Buffer.from('{')) })
  await store.append('account-b', -1, [event('b')])
  t.same(ids(await store.readLog({ after: null, max: 9 })), ['a', 'b'])

  const { signal } = new AbortController()
  const following = store.subscribe({ after: null, signal })[Symbol.asyncIterator]()
  const seen: string[] = []
  while (seen.length < 2) seen.push(...ids((await following.next()).value ?? []))
  for (const metadata of [{ maxAge: 5 }, { truncateBefore: 1 }, { maxCount: 9 }]) {
    await client.setStreamMetadata('ledger-account-a', metadata)
  }
  const stopped = { code: 'retention_set', stream: 'account-a', message: /sets \$maxCount, by which the store forgets/ }
  await t.rejects(following.next(), stopped)
  await t.rejects(store.readLog({ after: null, max: 9 }), RetentionSet)

  await client.setStreamMetadata('ledger-account-a', {})
  await store.append('account-a', 0, [event('c')])
  t.same(ids(await store.readLog({ after: null, max: 9 })), ['a', 'b', 'c'])
  await store.close()
})

t.test('probes of the clock are not kept for ever, and the process ends when the store is closed', async (t) => {
  const { options, client } = await begin(t)
  const child = fileURLToPath(new URL('./eventstoredb-child.js', import.meta.url))
  const began = Date.now()
  const ended = await promisify(execFile)(process.execPath, [child, options.connection], { timeout: 10_000 })
  t.equal(ended.stdout, 'closed\n')
  t.ok(Date.now() - began < 8000)
  t.match(await client.getStreamMetadata('_counterfoil-clock-ledger-'), { metadata: { maxCount: 100 } })
  await (await openEventStoreDb(options)).close()
  const revisions: (bigint | undefined)[] = []
  for await (const { event: one } of client.readStream('$$_counterfoil-clock-ledger-')) revisions.push(one?.revision)
  t.same(revisions, [0n], 'said once')
})
