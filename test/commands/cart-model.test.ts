import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createMemoryEventStore, type Fault } from '../../src/store/memory.js'
import { admin } from '../support/actors.js'
import { fc } from '../support/fast-check.js'
import { Burst, compareAll, type Keyed, prepare, Real } from '../support/model.js'
import { type Drawn, drawnCommand } from '../support/random-commands.js'

const accounts = ['ann', 'bob'] as const
const names = ['add-cart-item', 'add-cart-item', 'change-cart-item', 'change-cart-item', 'remove-cart-item'] as const

const drawn: fc.Arbitrary<Keyed> = fc.record({
  command: fc
    .tuple(drawnCommand(accounts), fc.constantFrom(...names))
    .map(([command, name]): Drawn => ({ ...command, name, hours: 0 })),
  key: fc.constantFrom(null, null, 'k', 'l'),
  at: fc.constantFrom(0, 1),
})
const begin = { name: 'open-subscription', actor: admin, amount: '1', full: false, hours: 0 } as const
const fault = fc.constantFrom<Fault>('ok', 'twice', 'unknown-stored', 'unknown-lost', 'wrong-revision', 'disk-full')
const bursts = fc.array(fc.array(drawn, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 15, size: 'max' })

t.test('carts of two accounts, edited by two processes at once: each edit is decided on those before it', async (t) => {
  const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
  const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? 40)
  t.comment(`COUNTERFOIL_SEED=${seed}`)
  const events = { CartItemAdded: 0, CartItemChanged: 0, CartItemRemoved: 0 }
  const property = fc.asyncProperty(bursts, fc.array(fault, { maxLength: 4 }), async (all, strikes) => {
    const faults: Fault[] = []
    const before = (): Fault => faults.shift() ?? 'ok'
    const arm = (next: readonly Fault[]): unknown => faults.splice(0, faults.length, ...next)
    const store = createMemoryEventStore({ before })
    const real = await prepare(new Real([store, store.sibling({ before })], { arm, wait: () => setImmediate() }))
    for (const [pick, account] of [...accounts, ...accounts, ...accounts].entries()) {
      const command: Drawn = { ...begin, accounts: [account, account], pick }
      await new Burst([{ command, key: null, at: 0 }], []).run({}, real)
    }
    for (const burst of all) await new Burst(burst, strikes).run({}, real)
    await compareAll(real)
    for (const { type } of real.oracle.books.log) if (type in events) events[type as keyof typeof events] += 1
  })
  await fc.assert(property, { seed, numRuns })
  for (const [type, count] of Object.entries(events)) t.ok(2 * count > numRuns, `${count} ${type}`)
  t.pass(`${numRuns} runs, COUNTERFOIL_SEED=${seed}`)
})
