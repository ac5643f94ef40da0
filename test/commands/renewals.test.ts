import t from 'tap'
import { readBookFile } from '../../src/commands/book-file.js'
import { type Commands, Unavailable } from '../../src/commands/port.js'
import { type Due, type RenewalRun, type Renewed, runRenewals } from '../../src/commands/renewals.js'
import { addDays, stepFrom } from '../../src/ledger/calendar.js'
import { createMemoryEventStore, type Fault } from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { actor, admin } from '../support/actors.js'
import { idOf } from '../support/books.js'
import { freePlan } from '../support/device.js'
import { published } from '../support/facts.js'
import { fc } from '../support/fast-check.js'
import { decode, Process } from '../support/loop.js'
import { publish } from '../support/on-sale.js'
import { answering, dueOf, mac, nobody, none, refused } from '../support/renewals.js'

const scheduler = actor('system:renewals', [])
const plans = [published('month', '3.00'), published('year', '20.00', { billPeriod: 'Y' })]

const run = async (process: Process, asOf: string, more: Partial<RenewalRun> = {}): Promise<Renewed> => {
  await process.flush()
  return runRenewals({
    commands: process.loop,
    due: readBookFile(process.database),
    charge: nobody,
    actor: scheduler,
    asOf,
    correlationId: 'a-run',
    mac,
    progress: () => undefined,
    log: (message) => {
      throw new Error(message)
    },
    signal: new AbortController().signal,
    ...more,
  })
}

/** ann has so much, and has bought one of each plan on 1 March. */
const bought = async (process: Process, funds: string): Promise<void> => {
  await publish(process.store, plans)
  await process.ask('recharge', { account: 'ann', amount: funds, method: 'bank', opens: true })
  for (const plan of ['month', 'year']) await process.ask('checkout', { account: 'ann', plan })
}

const events = async (store: EventStore) => (await store.readLog({ after: null, max: 10_000 })).map(decode)

/** The first day of every period that was charged, by its subscription. */
const charged = async (store: EventStore): Promise<readonly string[]> =>
  (await events(store)).flatMap(({ type, data }) =>
    type === 'SubscriptionRenewed' ? [`${data.subscription} ${data.items[0]?.period?.start}`] : [],
  )

t.test(
  'a run that comes three months late charges each period once, the oldest first, and a second run nothing',
  async (t) => {
    const one = new Process(createMemoryEventStore())
    t.teardown(() => one.kill())
    await bought(one, '100.00')
    t.same(await run(one, '2026-03-31'), none)
    const seen: Renewed[] = []
    t.same(await run(one, '2026-06-15', { progress: (done) => seen.push(done) }), { ...none, renewed: 3 })
    t.same(seen, [{ ...none, renewed: 3 }])
    t.same(
      (await charged(one.store)).map((text) => text.slice(-10)),
      ['2026-04-01', '2026-05-01', '2026-06-01'],
    )
    t.same(await run(one, '2026-06-15'), none)
    t.same(await run(one, '2027-03-01', { actor: admin }), { ...none, renewed: 10 })
  },
)

t.test(
  'money for two of three: two are charged, the third is past due, and asked for once a run until it ends',
  async (t) => {
    const one = new Process(createMemoryEventStore())
    t.teardown(() => one.kill())
    await bought(one, '31.00')
    let asked = 0
    const commands: Pick<Commands, 'execute'> = {
      execute: (name, input, context) => {
        asked += 1
        return one.loop.execute(name, input, context)
      },
    }
    t.same(await run(one, '2026-06-15', { commands }), { ...none, renewed: 2, pastDue: 1 })
    t.equal(asked, 3)
    for (const asOf of ['2026-06-15', '2026-06-22']) {
      t.same(await run(one, asOf, { commands }), { ...none, unchanged: 1 }, 'still short')
    }
    t.equal(asked, 5)
    await one.ask('recharge', { account: 'ann', amount: '1', method: 'bank', opens: false })
    t.same(await run(one, '2026-06-22', { commands }), { ...none, renewed: 1 }, 'caught up from the unpaid day')
    t.equal((await charged(one.store)).at(-1)?.slice(-10), '2026-06-01')
    t.same(await run(one, '2026-07-01', { commands }), { ...none, pastDue: 1 })
    t.same(await run(one, '2026-07-09', { commands }), { ...none, ended: 1 })
    t.same(await run(one, '2026-07-31', { commands }), none)
  },
)

t.test('money goes to the oldest period of all that an account has', async (t) => {
  const one = new Process(createMemoryEventStore())
  t.teardown(() => one.kill())
  await publish(one.store, plans)
  await one.ask('recharge', { account: 'ann', amount: '15', method: 'bank', opens: true })
  await one.ask('checkout', { account: 'ann', plan: 'month' })
  one.around.now += 10 * 86_400_000
  await one.ask('checkout', { account: 'ann', plan: 'month' })
  t.same(await run(one, '2026-06-30'), { ...none, renewed: 3, pastDue: 2 })
  const days = (await charged(one.store)).map((text) => text.slice(-10))
  t.same(days, ['2026-04-01', '2026-04-11', '2026-05-01'])
})

t.test('a device on the free plan has no period that could be due', async (t) => {
  const one = new Process(createMemoryEventStore())
  t.teardown(() => one.kill())
  await publish(one.store, [...plans, freePlan])
  await one.ask('recharge', { account: 'ann', amount: '10', method: 'bank', opens: true })
  t.match(await one.ask('open-subscription', { account: 'ann', device: 'd-1' }), { kind: 'done' })
  await one.ask('checkout', { account: 'ann', plan: 'month' })
  t.same(await run(one, '2026-04-01'), { ...none, renewed: 1 })
})

t.test('what is cancelled while it is past due ends with the next run', async (t) => {
  const one = new Process(createMemoryEventStore())
  t.teardown(() => one.kill())
  await bought(one, '23.00')
  t.same(await run(one, '2026-04-01'), { ...none, pastDue: 1 })
  const subscription = (await events(one.store)).find(({ type }) => type === 'Purchased')?.data
  if (subscription === undefined || !('order' in subscription)) throw new Error('nothing was bought')
  await one.ask('cancel-subscription', { account: 'ann', subscription: subscription.order })
  t.same(await run(one, '2026-04-01'), { ...none, ended: 1 })
})

t.test('a file that is behind makes nothing twice, and nothing is missed', async (t) => {
  const one = new Process(createMemoryEventStore())
  t.teardown(() => one.kill())
  await bought(one, '100.00')
  await one.flush()
  const old = readBookFile(one.database).account('ann')
  const due: Due = { renewals: () => ['ann'], account: () => old }
  t.same(await run(one, '2026-05-01', { due }), { ...none, renewed: 2 })
  t.same(await run(one, '2026-05-01', { due }), none, 'each is the answer of before')
  t.same(await run(one, '2026-06-01', { due }), { ...none, renewed: 1 }, 'and goes on after it')
  t.same(await run(one, '2026-06-01', { due, actor: admin }), { ...none, unchanged: 1 }, 'paid by another')
})

t.test('two processes at once, whatever fails, is cut off and started again: a period is charged once', async (t) => {
  const fault = fc.constantFrom<Fault>('ok', 'ok', 'ok', 'twice', 'unknown-stored', 'unknown-lost', 'wrong-revision')
  const turn = fc.record({
    days: fc.constantFrom(0, 1, 20, 95),
    faults: fc.array(fault, { maxLength: 6 }),
    at: fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 4 }),
    kill: fc.boolean(),
    money: fc.boolean(),
  })
  let periods = 0
  const property = fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 8 }), async (turns) => {
    const faults: Fault[] = []
    const before = (): Fault => faults.shift() ?? 'ok'
    const store = createMemoryEventStore({ before })
    const first = new Process(store)
    const processes = [first, new Process(store.sibling({ before }), { around: first.around })]
    await bought(first, '60.00')
    let today = '2026-03-01'
    for (const { days, faults: next, at, kill, money } of turns) {
      today = addDays(today, days)
      first.around.now = Date.parse(`${today}T14:00:00.000Z`)
      if (money) await first.ask('recharge', { account: 'ann', amount: '10', method: 'bank', opens: false })
      faults.splice(0, faults.length, ...next)
      const runs = at.map((index) => {
        const process = processes[index]
        return process && run(process, today, { actor: index === 0 ? scheduler : admin, log: () => undefined })
      })
      await Promise.all(runs)
      faults.splice(0)
      const killed = processes[1]
      if (!kill || killed === undefined) continue
      await killed.stop()
      processes[1] = new Process(killed.store, { around: first.around, database: killed.database })
    }
    const all = await charged(store)
    if (new Set(all).size !== all.length) throw new Error(`twice: ${all.join(', ')}`)
    const [month, year] = (await events(store)).flatMap(({ type, data }) => (type === 'Purchased' ? [data.order] : []))
    for (const [id, unit] of [
      [month, 'month'],
      [year, 'year'],
    ] as const) {
      const own = all.filter((text) => text.startsWith(`${id} `)).map((text) => text.slice(-10))
      const right = own.map((_, index) => stepFrom('2026-03-01', unit, index + 1))
      if (own.join() !== right.join()) throw new Error(`not in order: ${own.join(', ')}`)
    }
    periods += all.length
    for (const process of processes) await process.stop()
  })
  const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
  const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? 60)
  t.comment(`COUNTERFOIL_SEED=${seed}`)
  await fc.assert(property, { seed, numRuns })
  t.ok(periods > 0, `${numRuns} sequences, ${periods} periods, COUNTERFOIL_SEED=${seed}`)
})

const alone = (commands: Pick<Commands, 'execute'>, due: Due, more: Partial<RenewalRun> = {}): Promise<Renewed> =>
  runRenewals({
    commands,
    due,
    charge: nobody,
    actor: scheduler,
    asOf: '2026-03-01',
    correlationId: 'a-run',
    mac,
    progress: () => undefined,
    log: () => undefined,
    signal: new AbortController().signal,
    ...more,
  })

t.test('all that is due is asked for, page by page, a few at once', async (t) => {
  const { commands, seen } = answering(async () => refused)
  t.same(await alone(commands, dueOf(1_000)), { ...none, unchanged: 1_000 })
  t.equal(seen.all, 1_000)
  t.ok(seen.most > 1 && seen.most <= 16, `${seen.most} at once`)
})

t.test('what cannot be asked now is counted and left; what nobody expected is told', async (t) => {
  const { commands } = answering(async (n) => {
    if (n === 1) throw new Unavailable('busy', 'x')
    if (n === 2) throw new Error('strange')
    return refused
  })
  const messages: string[] = []
  const done = await alone(commands, dueOf(4), { log: (message) => messages.push(message) })
  t.same(done, { ...none, unchanged: 2, failed: 2 })
  t.same(messages, [`renew:${idOf(1)}:2026-03-01:${idOf(1)} of a00001 failed: Error: strange`])
})

t.test('a run that is broken off asks for nothing more', async (t) => {
  const ending = new AbortController()
  const { commands, seen } = answering(async () => {
    ending.abort()
    return refused
  })
  await alone(commands, dueOf(1_000), { signal: ending.signal })
  t.ok(seen.all <= 16)
  t.same(await alone(commands, dueOf(1), { signal: ending.signal }), none)
})

t.test('an account that the file no longer has, or has no state of, is nothing to do', async (t) => {
  const { commands, seen } = answering(async () => refused)
  for (const account of [() => undefined, () => ({ own: undefined })]) {
    t.same(await alone(commands, { ...dueOf(1), account }), none)
  }
  t.equal(seen.all, 0)
})
