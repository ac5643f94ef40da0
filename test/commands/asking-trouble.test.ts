import t from 'tap'
import type { ChargingFile } from '../../src/commands/asked.js'
import { readBookFile } from '../../src/commands/book-file.js'
import { append, begin, charge, DAY, freshDesk, MINUTE, openDesk, SETTLE_AFTER, typesOf } from '../support/asking.js'
import { idOf } from '../support/books.js'

t.test('a gateway that is away is asked less and less', async (t) => {
  const desk = await freshDesk(t)
  for (const n of [2, 3, 4, 5, 6, 7, 8]) await begin(desk, n)
  await charge(desk, 2)
  desk.around.now += SETTLE_AFTER
  desk.gateway.plan('find', ...Array<'unreachable'>(8).fill('unreachable'))
  t.equal(await desk.came(), '7 unanswered')
  t.equal(desk.gateway.count('find'), 5, 'five failures are enough for one round')
  t.match(desk.asking.said(idOf(2)), { said: 'the gateway is not there' })
  t.equal(await desk.came(), '2 unanswered', 'those that were not asked')
  desk.around.now += 10_000
  desk.gateway.plan('find', 'lost request')
  t.equal(await desk.came(), '6 missed, 1 unanswered')
  desk.around.now += MINUTE
  t.equal(await desk.came(), '1 paid, 6 failed')
  t.equal(desk.log.filter((line) => line.includes('is in doubt')).length, 7, 'each is said once')
  t.equal(desk.log.length, 7)
})

t.test('another process, or a file that is behind, makes nothing twice', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  await begin(desk, 3)
  const transaction = await charge(desk, 2)
  await desk.process.flush()
  desk.around.now += SETTLE_AFTER
  const round = {
    which: 'all',
    correlationId: 'x',
    signal: new AbortController().signal,
    progress: () => undefined,
  } as const
  const behind = () => desk.asking.round(round)
  t.match(await behind(), { paid: 1, missed: 1 })
  t.match(await behind(), { paid: 0, missed: 1 }, 'the same charge again')
  await append(desk, {
    type: 'PaymentSettled',
    data: { checkout: idOf(2), checkoutLeaf: 1, account: 'ann', transaction },
  })
  desk.around.now += DAY
  t.match(await behind(), { settled: 0, failed: 1 })
  t.same(await typesOf(desk), [
    'CheckoutStarted',
    'CheckoutStarted',
    'CheckoutPaid',
    'PaymentSettled',
    'CheckoutFailed',
  ])
})

t.test('what the ledger refuses without a reason that we know is told, once', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  await charge(desk, 2)
  desk.around.now += SETTLE_AFTER
  await desk.ask()
  t.equal(await desk.came(), '1 pending')
  desk.around.now += DAY
  const refusal = { code: 'forbidden', detail: 'X.', onRequest: true } as const
  for (const outcome of [{ kind: 'refused', refusal }, { kind: 'key-reused' }] as const) {
    const nobody = { locateCard: () => null, locateReplacedCard: () => null, locateCustomer: () => null }
    const commands = { execute: async () => outcome, locateCheckout: () => null, ...nobody }
    const other = openDesk(desk, { asking: { commands } })
    t.teardown(() => other.process.kill())
    for (const _ of [1, 2]) t.equal(await other.came({ which: 'all' }), '1 unanswered')
    const code = outcome.kind === 'refused' ? 'forbidden' : 'key-reused'
    t.same(other.log, [`what became of ${idOf(2)} could not be found out: payment-settled was refused: ${code}`])
  }
  const third = openDesk(desk)
  t.teardown(() => third.process.kill())
  t.equal(await third.came(), '1 settled')
  t.match(desk.asking.said(idOf(2)), { said: 'the charge is on its way' })
  await desk.process.loop.catchUp()
  t.equal(await desk.came(), '')
  t.equal(desk.asking.said(idOf(2)), null, 'what another process has settled is forgotten')
})

t.test('a file that is written just now: a payment whose charge is not known yet is left alone', async (t) => {
  const desk = await freshDesk(t)
  await begin(desk, 2)
  await desk.process.flush()
  const all = readBookFile(desk.process.database)
  const unsettled = { kind: 'unsettled', id: idOf(2), leaf: 1, since: '2026-03-01T00:00:00.000Z' } as const
  const file: ChargingFile = { ...all, charging: () => ['ann'], account: () => ({ own: { charges: [unsettled] } }) }
  const other = openDesk(desk, { asking: { file } })
  t.teardown(() => other.process.kill())
  t.equal(await other.came(), '')
  t.equal(desk.gateway.count('find'), 0)
})

t.test(
  'hundreds of accounts are read page by page, others have their turn between, and a stop breaks it off',
  async (t) => {
    const names = Array.from({ length: 450 }, (_, n) => `a${String(n).padStart(3, '0')}`)
    const charges = [
      { kind: 'open', id: idOf(1), leaf: 1, since: '2026-01-01T00:00:00.000Z' },
      { kind: 'refund', id: idOf(2), leaf: 2, since: '2026-01-01T00:00:00.000Z' },
    ] as const
    let pauses = 0
    const ending = new AbortController()
    const file: ChargingFile = {
      charging: (after, max) => names.filter((name) => name > after).slice(0, max),
      account: (name) => (name === 'a000' ? undefined : { own: { charges } }),
      document: () => undefined,
    }
    const pause = async (): Promise<void> => {
      pauses += 1
    }
    const desk = await freshDesk(t, { asking: { file, pause } })
    t.equal(await desk.came(), '', 'what the file does not hold yet is left for the next round')
    t.equal(pauses, 2)
    t.equal(desk.gateway.count('find') + desk.gateway.count('findRefund'), 0)
    ending.abort()
    t.equal(await desk.came({ signal: ending.signal }), '')
    t.equal(pauses, 2)
  },
)
