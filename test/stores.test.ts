import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { specOf } from '../src/follower/runner.js'
import { ledger } from '../src/projections/ledger.js'
import {
  openEventLog,
  openEventStore,
  openGateway,
  openSecretStore,
  openViewReader,
  openViewStore,
} from '../src/stores.js'
import { viewStoreContract } from './contract/view-store.js'
import { configOf, folder } from './support/serving.js'

const sqlite = (path: string) => ({ kind: 'sqlite', path }) as const
const _log = (): void => undefined
const { signal } = new AbortController()

viewStoreContract(t, async (t) => {
  const store = openViewStore(sqlite(join(folder(t), 'views.db')))
  t.teardown(() => store.close())
  return store
})

t.test('views are opened at the first call, and again as long as they cannot be', async (t) => {
  const path = join(folder(t), 'views.db')
  const reader = await openViewReader(sqlite(path))
  await t.rejects(reader.document('ledger', 'a'), { code: 'views_unreachable', message: /views.db cannot be read/ })
  const store = openViewStore(sqlite(path))
  const other = openViewStore(sqlite(path))
  t.equal(await store.liveBuild('ledger'), null)
  await t.rejects(other.liveBuild('ledger'), { code: 'store_locked', message: /views.db is in use by process/ })
  t.equal(await reader.document('ledger', 'a'), null)
  await reader.close()
  await store.close()
  t.equal(await other.liveBuild('ledger'), null)
  await other.close()
})

t.test('what was never opened is closed without a word', async (t) => {
  const path = join(folder(t), 'views.db')
  await openViewStore(sqlite(path)).close()
  await (await openViewReader(sqlite(path))).close()
})

t.test('a reader finds a file that was begun anew', async (t) => {
  const path = join(folder(t), 'views.db')
  const reader = await openViewReader(sqlite(path))
  t.teardown(() => reader.close())
  const make = async (body: object): Promise<void> => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
    const store = openViewStore(sqlite(path))
    const build = await store.createBuild(specOf(ledger))
    await build.commit({ rows: [], documents: [{ key: 'a', at: 1, body: { ...body } }] })
    await store.makeLive('ledger', build.name)
    await store.close()
  }
  await make({ n: 1 })
  t.match(await reader.document('ledger', 'a'), { body: { n: 1 } })
  await make({ n: 2 })
  await wait(1_000)
  const found = await Promise.all([1, 2, 3, 4].map(() => reader.document('ledger', 'a')))
  t.match(
    found.map((document) => document?.body),
    [{ n: 2 }, { n: 2 }, { n: 2 }, { n: 2 }],
    'whoever reads at once finds it too',
  )
  t.match(await reader.document('ledger', 'a'), { body: { n: 2 } })
})

t.test('a server that is not there is told without its password', async (t) => {
  const connection = 'esdb://ann:hunter2@127.0.0.1:1?tls=false'
  const events = { kind: 'eventstoredb', connection, prefix: 'ledger-' } as const
  const views = { kind: 'mongodb', connection: 'mongodb://ann:hunter2@127.0.0.1:1/books' } as const
  const said: string[] = []
  const log = (message: string): number => said.push(message)
  const [store, reader] = [openViewStore(views), await openViewReader(views)]
  const codes = ['store_unreachable', 'store_unreachable', 'views_unreachable', 'views_unreachable']
  const opened: readonly PromiseSettledResult<unknown>[] = await Promise.allSettled([
    openEventStore(events, { acceptLog: false, committed: null, log, clock: Date.now, signal }),
    openEventLog(events, { waking: null, log }),
    store.liveBuild('ledger'),
    reader.checkpoint('ledger'),
  ])
  t.match(
    opened,
    codes.map((code) => ({ status: 'rejected', reason: { code } })),
  )
  t.notMatch(`${opened.map((one) => (one.status === 'rejected' ? String(one.reason) : ''))} ${said}`, 'hunter2')
  await Promise.all([store.close(), reader.close()])
})

t.test('secrets are opened at the first call, and again as long as they cannot be', async (t) => {
  const data = join(folder(t), 'data')
  const { secrets } = configOf(data)
  const said: string[] = []
  const open = () => openSecretStore(secrets, (message) => said.push(message))
  const [store, other] = await Promise.all([open(), open()])
  await (await open()).close()
  t.notOk(existsSync(join(data, 'secrets.db')), 'nobody asked for anything')
  mkdirSync(join(data, 'secrets.db'))
  const refused = { code: 'secrets_failed', message: /secrets\.db cannot be used/ }
  await t.rejects(store.put('instance/1', 'x'), refused)
  await t.rejects(store.get('instance/1'), refused)
  t.match(
    said.splice(0),
    [/^secrets_failed: .*secrets\.db cannot be used \(SQLITE_CANTOPEN/],
    'an operator hears of it, once',
  )
  rmSync(join(data, 'secrets.db'), { recursive: true })
  await store.put('instance/1', 'x')
  await other.destroy('instance/2')
  t.equal(await other.get('instance/1'), 'x')
  t.same(await other.rotate(() => undefined), { resealed: 0, left: 0, unreadable: [] })
  t.same(said, [])
  await Promise.all([store.close(), other.close()])
})

t.test('a server of secrets that is not there, and one that cannot be, are told without a password', async (t) => {
  const keys = { current: 'key', old: [] }
  const location = (connection: string) => ({ kind: 'mongodb', connection, prefix: 'ledger-' }) as const
  const store = await openSecretStore({ location: location('mongodb://ann:hunter2@127.0.0.1:1/books'), keys }, _log)
  const rejected = await store.get('instance/1').catch((error: unknown) => error)
  t.match(rejected, { code: 'secrets_unreachable' })
  t.notMatch(String(rejected), 'hunter2')
  await store.close()
  const never = location('mongodb://ann:hunter2@127.0.0.1/books?noSuchOption=1')
  await t.rejects(openSecretStore({ location: never, keys }, _log), {
    code: 'secrets_address_invalid',
    message: /^(?!.*hunter2).*percent-encoded$/,
  })
})

const clock = (): number => 1_000_000
const sale = {
  orderId: 'o1',
  amount: '1.00',
  currency: 'USD',
  means: { kind: 'nonce', nonce: 'x', store: false },
} as const

t.test('a gateway is opened at the first call, and again as long as it cannot be', async (t) => {
  const config = configOf(join(folder(t), 'data'))
  const file = join(config.data, 'gateway.db')
  const said: string[] = []
  const gateway = openGateway(config, { log: (message) => said.push(message), clock })
  t.notOk(existsSync(file), 'nobody asked for anything')
  mkdirSync(file, { recursive: true })
  await t.rejects(gateway.sale(sale), { code: 'gateway_unreachable', message: /gateway\.db cannot be opened/ })
  t.match(said, [/^gateway_unreachable: .*gateway\.db cannot be opened/])
  t.match(gateway.trouble(), { code: 'gateway_unreachable', detail: /gateway\.db cannot be opened/ })
  await t.rejects(gateway.clientToken())
  t.equal(said.length, 1, 'said once')
  rmSync(file, { recursive: true })
  const result = await gateway.sale(sale)
  t.equal(gateway.trouble(), null)
  if (result.kind !== 'charged') return t.fail(result.kind)
  const { transaction } = result
  t.type(await gateway.clientToken(), 'string')
  t.equal(await gateway.state(transaction), 'pending')
  t.match(await gateway.refund({ refundId: 'r1', transaction, amount: '1.00' }), { kind: 'voided' })
  await gateway.close()
  const again = openGateway(config, { log: _log, clock })
  t.match(await again.find('o1'), [{ transaction, state: 'voided' }], 'it lasts')
  t.match(await again.findRefund('r1', transaction), { kind: 'voided' })
  await again.close()
})

t.test('Braintree is behind the same door, and nothing of its keys is said', async (t) => {
  const said: string[] = []
  const config = configOf(join(folder(t), 'data'), {
    COUNTERFOIL_GATEWAY: 'braintree',
    COUNTERFOIL_BRAINTREE_ENVIRONMENT: 'https://127.0.0.1:9',
    COUNTERFOIL_BRAINTREE_MERCHANT: 'acme',
    COUNTERFOIL_BRAINTREE_PUBLIC_KEY: 'public-hunter2',
    COUNTERFOIL_BRAINTREE_PRIVATE_KEY: 'private-hunter2',
    COUNTERFOIL_BRAINTREE_ACCOUNTS: 'USD:acme_usd',
  })
  const gateway = openGateway(config, { log: (message) => said.push(message), clock })
  const error: unknown = await gateway.sale(sale).catch((caught: unknown) => caught)
  t.match(error, { code: 'gateway_unreachable', message: /ECONNREFUSED/ })
  t.notMatch(`${error} ${JSON.stringify(error)} ${said}`, /hunter2/)
  await gateway.close()
})

t.test('where events are on a server and cards are not charged, the log says so at once', async (t) => {
  const keys = {
    COUNTERFOIL_GATEWAY: 'braintree',
    COUNTERFOIL_BRAINTREE_MERCHANT: 'acme',
    COUNTERFOIL_BRAINTREE_PUBLIC_KEY: 'public',
    COUNTERFOIL_BRAINTREE_PRIVATE_KEY: 'private',
    COUNTERFOIL_BRAINTREE_ACCOUNTS: 'USD:acme_usd',
  }
  const server = { COUNTERFOIL_EVENTS: 'esdb://127.0.0.1:9' }
  const says = (settings: Record<string, string>) => {
    const said: string[] = []
    openGateway(configOf(join(folder(t), 'data'), settings), { log: (message) => said.push(message), clock })
    return said
  }
  t.match(says(server), [/^NO CARD IS REALLY CHARGED/])
  t.match(says({ ...server, ...keys, COUNTERFOIL_BRAINTREE_ENVIRONMENT: 'sandbox' }), [/^NO CARD/])
  t.same(says({ ...server, ...keys, COUNTERFOIL_BRAINTREE_ENVIRONMENT: 'production' }), [])
  t.same(says({}), [])
})
