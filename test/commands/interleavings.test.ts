import t from 'tap'
import type { CommandName, Inputs } from '../../src/commands/port.js'
import { Unavailable } from '../../src/commands/port.js'
import { createMemoryEventStore, type MemoryEventStore } from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { actor } from '../support/actors.js'
import { fc } from '../support/fast-check.js'
import { contextOf, Process, Surroundings } from '../support/loop.js'
import { Oracle } from '../support/oracle.js'
import { altered, ann, bob, recharge, trade } from '../support/trouble.js'

/** A store whose every answer, and every batch of its log, comes when the schedule says. */
const scheduled = (store: MemoryEventStore, s: fc.Scheduler, free: () => boolean): EventStore => {
  const turn = (what: string): Promise<unknown> => (free() ? Promise.resolve() : s.schedule(Promise.resolve(), what))
  const append: EventStore['append'] = async (...args) => {
    await turn('append')
    const appended = await store.append(...args)
    await turn('appended')
    return appended
  }
  const readLog: EventStore['readLog'] = async (options) => {
    await turn('read')
    const page = await store.readLog(options)
    await turn('page')
    return page
  }
  const readStream: EventStore['readStream'] = async (...args) => {
    await turn('read stream')
    return await store.readStream(...args)
  }
  async function* subscribe(options: Parameters<EventStore['subscribe']>[0]) {
    for await (const page of store.subscribe(options)) {
      await turn('follow')
      yield page
    }
  }
  return altered(store, () => ({ append, readLog, readStream, subscribe }))
}

interface Step {
  readonly name: CommandName
  readonly input: Inputs[CommandName]
  readonly who: typeof ann
  readonly key?: string
}

const steps: readonly Step[] = [
  { name: 'trade', input: trade('60'), who: ann },
  { name: 'trade', input: trade('30'), who: ann, key: 'k' },
  { name: 'trade', input: trade('31'), who: ann, key: 'k' },
  { name: 'trade', input: trade('5', 'bob', 'ann'), who: bob, key: 'k' },
  { name: 'recharge', input: recharge('bob', '5'), who: actor('bob', ['bob'], ['recharge']), key: 'k' },
  { name: 'request-refund', input: { order: '3', again: false }, who: ann },
  { name: 'approve-refund', input: { order: '3' }, who: bob },
  { name: 'withdraw-refund', input: { order: '3' }, who: ann },
  { name: 'authorize', input: trade('20'), who: ann },
  { name: 'capture', input: { order: '4' }, who: bob },
  { name: 'void', input: { order: '4' }, who: ann },
]

const drawn = fc.array(fc.record({ step: fc.constantFrom(...steps), at: fc.constantFrom(0, 1) }), {
  minLength: 2,
  maxLength: 10,
})

t.test('in whatever order appends, answers, catch-ups and the log arrive, answers are what the log says', async (t) => {
  const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
  const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? 300)
  const property = fc.asyncProperty(fc.scheduler(), drawn, async (s, asked) => {
    let free = true
    const store = createMemoryEventStore()
    const around = new Surroundings()
    const processes = [store, store.sibling()].map(
      (one) =>
        new Process(
          scheduled(one, s, () => free),
          { around },
        ),
    )
    const [first] = processes
    if (first === undefined) return
    await first.ask('recharge', recharge('ann', '100.00'))
    await first.ask('open', { owner: 'bob' })
    await first.ask('trade', trade('10'), { actor: ann })
    await first.ask('authorize', trade('20'), { actor: ann })
    for (const { loop } of processes) await loop.catchUp()
    const oracle = new Oracle(store)
    await oracle.begin()
    free = false
    const all = asked.map(async ({ step: { name, input, who, key }, at }) => {
      const body = JSON.stringify(input)
      const { loop } = processes[at] ?? first
      const context = contextOf(name, input, { actor: who, body, ...(key !== undefined && { key }) })
      const outcome = await loop.execute(name, input as never, context).catch((error: unknown) => {
        if (error instanceof Unavailable) return error
        throw error
      })
      return { name, input, actor: who, key, body, outcome }
    })
    const answers = await s.waitFor(Promise.all(all))
    free = true
    const closing = Promise.all(processes.map((one) => one.stop()))
    await s.waitIdle()
    await closing
    await oracle.check(answers, false, '')
  })
  await fc.assert(property, { seed, numRuns })
  t.pass(`${numRuns} schedules, COUNTERFOIL_SEED=${seed}`)
})
