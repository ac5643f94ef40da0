import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import t from 'tap'
import { createSandbox } from '../../src/gateway/sandbox.js'
import { gatewayContract } from '../contract/gateway.js'
import { charged, sale, uuid, withNonce } from '../support/gateway/ground.js'
import { root } from '../support/root.js'
import { folder } from '../support/serving.js'

const clock = (): number => 1_000_000

gatewayContract(t, async (t) => {
  const sandbox = createSandbox({ clock })
  t.teardown(() => sandbox.close())
  return { gateway: sandbox, become: sandbox.become }
})

t.test('what it charges settles a minute later, or when it is told', async (t) => {
  let now = 0
  const sandbox = createSandbox({ clock: () => now })
  const states = async (transaction: string, ...times: number[]) => {
    const seen: string[] = []
    for (const time of times) {
      now = time
      seen.push(await sandbox.state(transaction))
    }
    return seen
  }
  const { transaction } = charged(await sandbox.sale(sale()))
  t.same(await states(transaction, 0, 59_999, 60_000), ['pending', 'pending', 'settled'])
  const refund = await sandbox.refund({ refundId: uuid(7), transaction, amount: '1.00' })
  if (refund.kind !== 'refunding') return t.fail(refund.kind)
  t.same(await states(refund.transaction, 119_999, 120_000), ['pending', 'settled'])
  const { transaction: declined } = charged(await sandbox.sale(sale({ amount: '4001.99' })))
  const { transaction: undecided } = charged(await sandbox.sale(sale({ amount: '4002.00' })))
  t.same(await states(declined, 179_999, 180_000), ['pending', 'failed'])
  t.same(await states(undecided, 180_000, 9_999_999), ['pending', 'pending'])
  const quick = createSandbox({ clock, settleAfter: 0 })
  t.match(await quick.sale(sale()), { kind: 'charged', state: 'settled' })
})

t.test('every text is a good nonce, but those that stand for trouble', async (t) => {
  const sandbox = createSandbox({ clock })
  for (const nonce of [
    'fake-valid-mastercard-nonce',
    'fake-paypal-one-time-nonce',
    '7fea609c-bad1-07d6-72b0-0a1728cc50ed',
  ])
    t.match(await sandbox.sale(sale({ means: withNonce(nonce) })), { kind: 'charged' }, nonce)
  const venmo = withNonce('fake-token-issuance-error-venmo-account-nonce')
  t.match(await sandbox.sale(sale({ means: venmo })), { kind: 'declined', code: 'token_issuance' })
})

t.test('the same calls give the same transactions', async (t) => {
  const run = async () => {
    const sandbox = createSandbox({ clock, settleAfter: 0 })
    const first = charged(await sandbox.sale(sale({ means: withNonce('x', true) })))
    const second = charged(await sandbox.sale(sale()))
    const refund = await sandbox.refund({ refundId: uuid(7), transaction: first.transaction, amount: '1.00' })
    return [first, second, refund, await sandbox.find(uuid(1))]
  }
  t.same(await run(), await run())
})

t.test('one refund id may be used for two charges', async (t) => {
  const sandbox = createSandbox({ clock, settleAfter: 0 })
  const refund = async (order: number) => {
    const { transaction } = charged(await sandbox.sale(sale({ orderId: uuid(order) })))
    return sandbox.refund({ refundId: uuid(7), transaction, amount: '20.00' })
  }
  t.match([await refund(1), await refund(2)], [{ kind: 'refunding' }, { kind: 'refunding' }])
})

t.test('a process that was killed behind a charge finds it again', async (t) => {
  const path = join(folder(t), 'gateway.db')
  const module = pathToFileURL(join(root, 'dist/src/gateway/sandbox.js')).href
  const child = `
    const { createSandbox } = await import(${JSON.stringify(module)})
    const sandbox = createSandbox({ path: ${JSON.stringify(path)}, clock: () => 1000000 })
    await sandbox.sale(${JSON.stringify(sale({ means: withNonce('x', true) }))})
    process.kill(process.pid, 'SIGKILL')`
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', child])
  t.equal(signal, 'SIGKILL')
  const sandbox = createSandbox({ path, clock })
  const [charge] = await sandbox.find(uuid(1))
  t.match(charge, { amount: '20.00', currency: 'USD', state: 'pending' })
  const means = { kind: 'card', token: charge?.card ?? '' } as const
  t.match(await sandbox.sale(sale({ orderId: uuid(2), means })), { kind: 'charged' }, 'and its card')
  const other = createSandbox({ path, clock })
  t.equal((await other.find(uuid(2))).length, 1, 'another process has the same')
  await other.close()
  await sandbox.close()
})

t.test('a file that is busy is no charge; one that fails may be', async (t) => {
  const path = join(folder(t), 'gateway.db')
  const sandbox = createSandbox({ path, clock })
  const database = new Database(path)
  database.exec('BEGIN EXCLUSIVE')
  await t.rejects(sandbox.sale(sale()), { code: 'gateway_unreachable' })
  database.exec('COMMIT')
  t.same(await sandbox.find(uuid(1)), [])
  database.exec('DROP TABLE transactions')
  await t.rejects(sandbox.sale(sale()), { code: 'gateway_unknown' })
  database.close()
  await sandbox.close()
})

t.test('what is no file of a sandbox is not opened', async (t) => {
  const path = join(folder(t), 'gateway.db')
  writeFileSync(path, 'no database'.repeat(100))
  t.throws(() => createSandbox({ path, clock }), { code: 'SQLITE_NOTADB' })
  const newer = join(folder(t), 'newer.db')
  new Database(newer).exec('PRAGMA user_version = 9').close()
  t.throws(() => createSandbox({ path: newer, clock }), /layout 9; this program knows 1/)
})
