import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { readBookFile } from '../../src/commands/book-file.js'
import type { Charging } from '../../src/commands/charging.js'
import { type Done, type Outcome, Unavailable } from '../../src/commands/port.js'
import { type Due, type Renewed, runRenewals } from '../../src/commands/renewals.js'
import type { CheckoutEnd } from '../../src/commands/settle-charge.js'
import { addDays } from '../../src/ledger/calendar.js'
import { accountStream } from '../../src/ledger/streams.js'
import { encode } from '../../src/store/encode.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { actor, admin } from '../support/actors.js'
import { idOf } from '../support/books.js'
import { boughtPro, freePlan, onCard, paid, reverted, started } from '../support/device.js'
import { NOW } from '../support/given.js'
import { decode, Process, said } from '../support/loop.js'
import { publish, put } from '../support/on-sale.js'
import { answering, dueOf, mac, none } from '../support/renewals.js'

const scheduler = actor('system:renewals', [])
const gateway = actor('system:checkouts', [])

/** `unknown`: the gateway is asked again later, by others. */
type Charged = CheckoutEnd['kind'] | 'unknown'

const endOf = (kind: CheckoutEnd['kind'], done: Done): CheckoutEnd =>
  kind === 'paid' ? { kind, done } : { kind, done, why: { reason: 'declined' } }

/** A server with ann's device, whose plan a card has paid up to 1 March; the card does as it is told, day by day. */
class Shop {
  readonly process = new Process(createMemoryEventStore())
  readonly charged: string[] = []
  readonly #answers: Charged[]

  constructor(answers: readonly Charged[]) {
    this.#answers = [...answers]
  }

  async open(): Promise<void> {
    const { store } = this.process
    await publish(store, [freePlan])
    await put(store, accountStream('ann'), onCard.slice(1))
  }

  /** What else happens to ann. */
  async add(fact: Fact): Promise<void> {
    const { store, loop } = this.process
    const stream = accountStream('ann')
    const revision = (await store.readStream(stream, { direction: 'backwards', max: 1 }))[0]?.revision ?? -1
    const metadata = { recordedAt: NOW, actor: 'ann', correlationId: 'c', causationId: idOf(1) }
    await store.append(stream, revision, [encode(fact, stream, revision, metadata)])
    await loop.catchUp()
  }

  readonly charge: Charging['charge'] = async (start) => {
    const begun = await start()
    if (!('event' in begun)) return begun
    const { leaf, type, data } = begun.event
    if (type !== 'CheckoutStarted') throw new Error(`${type} is to be charged`)
    this.charged.push(`${data.checkout} ${data.items[0]?.period?.start}`)
    const answer = this.#answers.shift() ?? 'paid'
    if (answer === 'unknown') throw new Unavailable('checkout_in_doubt', 'X.')
    const done = await this.settle(answer, { account: data.account, checkoutLeaf: leaf })
    if (done.kind !== 'done') throw new Error(said(done))
    return endOf(answer, done)
  }

  async settle(answer: 'paid' | 'failed', which: { account: string; checkoutLeaf: number }): Promise<Outcome> {
    return answer === 'paid'
      ? await this.process.ask('checkout-paid', { ...which, transaction: 't2' }, { actor: gateway })
      : await this.process.ask('checkout-failed', { ...which, reason: 'declined' }, { actor: gateway })
  }

  /** As the scheduler does on that day; `due`: what it knows. */
  async run(asOf: string, due?: Due): Promise<Renewed> {
    const { process } = this
    process.around.now = Math.max(process.around.now, Date.parse(`${asOf}T04:00:00.000Z`))
    await process.flush()
    const who = { actor: scheduler, correlationId: 'a-run', mac }
    const told = { progress: () => undefined, log: (message: string) => t.fail(message) }
    const { signal } = new AbortController()
    const { charge } = this
    return runRenewals({
      commands: process.loop,
      due: due ?? readBookFile(process.database),
      charge,
      asOf,
      signal,
      ...who,
      ...told,
    })
  }

  async types(): Promise<readonly string[]> {
    const log = await this.process.store.readLog({ after: null, max: 1000 })
    return log.map((one) => decode(one).type).slice(onCard.length)
  }
}

const shop = async (...answers: readonly Charged[]): Promise<Shop> => {
  const one = new Shop(answers)
  t.teardown(() => one.process.kill())
  await one.open()
  return one
}

t.test('a card pays period by period, each asked for once', async (t) => {
  const one = await shop()
  t.same(await one.run('2026-02-28'), none)
  t.same(await one.run('2026-04-15'), { ...none, renewed: 2 })
  t.same(await one.run('2026-04-15'), none)
  t.same(await one.types(), ['CheckoutStarted', 'CheckoutPaid', 'CheckoutStarted', 'CheckoutPaid'])
  t.same(
    one.charged.map((text) => text.slice(37)),
    ['2026-03-01', '2026-04-01'],
  )
  t.equal(new Set(one.charged.map((text) => text.slice(0, 36))).size, 2)
})

t.test(
  'a card that is declined is tried on the days of the schedule, then the device is on the free plan',
  async (t) => {
    const one = await shop('failed', 'failed', 'failed', 'failed', 'failed')
    const days = Array.from({ length: 12 }, (_, n) => addDays('2026-03-01', n))
    const done: Renewed[] = []
    for (const day of days) {
      done.push(await one.run(day))
      // Nobody is charged for asking again on the same day.
      await one.run(day)
    }
    t.same(done[0], { ...none, pastDue: 1 })
    t.same(
      done.slice(1, 8),
      [2, 3, 4, 5, 6, 7, 8].map((day) =>
        [2, 4, 6, 8].includes(day) ? { ...none, declined: 1 } : { ...none, unchanged: 1 },
      ),
    )
    t.same(done.slice(8), [{ ...none, ended: 1 }, none, none, none])
    const tried = ['CheckoutStarted', 'CheckoutFailed']
    t.same(await one.types(), [
      'CheckoutStarted',
      'SubscriptionPastDue',
      'CheckoutFailed',
      ...[tried, tried, tried, tried].flat(),
      'SubscriptionReverted',
    ])
    t.equal(one.charged.length, 5)
    t.equal(new Set(one.charged).size, 5, 'each under a checkout of its own')
  },
)

t.test(
  'a period that another order paid for after a return is renewed, though its last day was asked for before',
  async (t) => {
    const one = await shop()
    t.same(await one.run('2026-03-01'), { ...none, renewed: 1 })
    const checkout = '0badcafe-0000-8000-8000-000000000000'
    const again = [reverted('2026-03-01', 'returned'), started({ checkout }), paid(9, { checkout, card: idOf(8) })]
    await put(one.process.store, accountStream('ann'), again, onCard.length + 1)
    t.same(await one.run('2026-03-01'), { ...none, renewed: 1 })
    t.same(
      one.charged.map((text) => text.slice(37)),
      ['2026-03-01', '2026-03-01'],
    )
  },
)

t.test('a card that is good again pays from the unpaid day on, all that is due', async (t) => {
  const one = await shop('failed', 'failed')
  await one.run('2026-03-01')
  await one.run('2026-03-02')
  t.same(await one.run('2026-03-04'), { ...none, renewed: 1 })
  await one.process.flush()
  const [device] = readBookFile(one.process.database).account('ann')?.own?.subscriptions ?? []
  t.match(device, {
    state: 'active',
    until: null,
    triedOn: null,
    locked: null,
    pays: 'card',
    period: { start: '2026-03-01' },
  })
})

t.test('a plan that was ended ahead and is bought again for the same month is renewed', async (t) => {
  const one = await shop('failed')
  t.same(await one.run('2026-03-01'), { ...none, pastDue: 1 })
  t.same(await one.run('2026-12-31'), { ...none, ended: 1 })
  await one.add(boughtPro())
  t.same(await one.run('2026-12-31'), { ...none, renewed: 1, pastDue: 1 }, 'there is money for one month')
  t.same(await one.run('2026-12-31'), { ...none, unchanged: 1 })
})

t.test('while nobody knows what became of the charge nothing is asked; the outcome is learnt later', async (t) => {
  const one = await shop('unknown')
  t.same(await one.run('2026-03-01'), { ...none, failed: 1 })
  t.same(await one.run('2026-03-01'), { ...none, unchanged: 1 })
  t.same(await one.run('2026-03-20'), { ...none, unchanged: 1 }, 'nor is it ended')
  t.equal(one.charged.length, 1)
  const outcome = await one.settle('failed', { account: 'ann', checkoutLeaf: onCard.length })
  t.equal(said(outcome), 'CheckoutFailed')
  t.same(await one.types(), ['CheckoutStarted', 'SubscriptionPastDue', 'CheckoutFailed'])
  t.same(await one.run('2026-03-20'), { ...none, unchanged: 1 }, 'tried anew after the first day of the schedule')
  t.same(await one.run('2026-03-21'), { ...none, renewed: 1 })
})

t.test('a file that is behind charges nobody twice', async (t) => {
  const one = await shop('failed')
  await one.process.flush()
  const old = readBookFile(one.process.database).account('ann')
  const due: Due = { renewals: () => ['ann'], account: () => old }
  t.same(await one.run('2026-03-01', due), { ...none, pastDue: 1 })
  t.same(await one.run('2026-03-01', due), { ...none, unchanged: 1 })
  t.equal(one.charged.length, 1)
})

t.test('who may not ask for a renewal may say nothing of cards either', async (t) => {
  const one = await shop()
  const asked = { account: 'ann', checkoutLeaf: 4, reason: 'declined' } as const
  t.equal(said(await one.process.ask('checkout-failed', asked, { actor: admin })), 'forbidden')
})

t.test('a charge that is paid without saying for what ends the account’s turn', async (t) => {
  const started: Done = {
    kind: 'done',
    replayed: false,
    standing: null,
    event: {
      id: idOf(1),
      type: 'CheckoutStarted',
      stream: 'account-a00000',
      revision: 1,
      leaf: 1,
      metadata: { recordedAt: '', actor: '', correlationId: '', causationId: '' },
      data: {
        checkout: idOf(1),
        account: 'a00000',
        purpose: 'renewal',
        amount: '1.00',
        currency: 'EUR',
        items: [],
        lines: [],
        means: 'stored',
      },
    },
  }
  const paidFor = (begun: Done): Done => {
    const { type, data } = begun.event
    if (type !== 'CheckoutStarted') throw new Error(`${type} is to be charged`)
    const { means: _, ...rest } = data
    return {
      ...begun,
      event: { ...begun.event, type: 'CheckoutPaid', data: { ...rest, checkoutLeaf: 1, transaction: 't' } },
    }
  }
  const { commands, seen } = answering(async () => started)
  const { signal } = new AbortController()
  const told = { progress: () => undefined, log: () => undefined }
  const charge: Charging['charge'] = async (start) => {
    const begun = await start()
    return 'event' in begun ? endOf('paid', paidFor(begun)) : begun
  }
  const who = { actor: scheduler, correlationId: 'a-run', mac }
  const done = await runRenewals({ commands, due: dueOf(1), charge, asOf: '2026-03-01', signal, ...who, ...told })
  t.same(done, { ...none, renewed: 1 })
  t.equal(seen.all, 1)
})
