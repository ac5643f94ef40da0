import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import type { LedgerEvent } from '../../events/envelope.js'
import type { CommandName } from '../../src/commands/port.js'
import { createMemoryEventStore, type Fault } from '../../src/store/memory.js'
import { actor, admin } from '../support/actors.js'
import { fc } from '../support/fast-check.js'
import { Burst, compareAll, type Keyed, prepare, Real } from '../support/model.js'
import { type Drawn, drawnCommand } from '../support/random-commands.js'

const accounts = ['ann', 'bob'] as const
const names: readonly CommandName[] = [
  ...(['buy', 'buy', 'buy', 'buy', 'start-checkout', 'start-checkout', 'start-checkout', 'start-checkout'] as const),
  ...([
    'checkout-paid',
    'checkout-paid',
    'checkout-paid',
    'checkout-paid',
    'checkout-failed',
    'start-recharge',
  ] as const),
  ...(['checkout-failed', 'checkout-failed', 'checkout-failed'] as const),
  ...(['payment-settled', 'payment-returned', 'charge-returned', 'refund-purchase', 'card-refunded'] as const),
  ...(['renew', 'renew', 'cancel-subscription', 'grant-promocode', 'change-customer', 'recharge'] as const),
]
const scheduler = actor('system:renewals', [])

const drawn: fc.Arbitrary<Keyed> = fc.record({
  command: fc
    .tuple(drawnCommand(accounts), fc.constantFrom(...names), fc.constantFrom(0, 0, 0, 1, 30, 200))
    .map(
      ([command, name, hours]): Drawn => ({ ...command, name, hours, ...(name === 'renew' && { actor: scheduler }) }),
    ),
  key: fc.constantFrom(null, null, null, 'k'),
  at: fc.constantFrom(0, 1),
})
const begin = { name: 'open-subscription', actor: admin, amount: '30.00', full: false, hours: 0 } as const
const fault = fc.constantFrom<Fault>('ok', 'twice', 'unknown-stored', 'unknown-lost', 'wrong-revision', 'disk-full')
const bursts = fc.array(fc.array(drawn, { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 30, size: 'max' })

/** A change of plan of a device, by its subscription; neither a recharge nor a period of it. */
const sells = ({ type, data }: LedgerEvent): boolean =>
  type !== 'SubscriptionRenewed' && 'items' in data && data.items.some((item) => 'subscriptionLeaf' in item)

t.test(
  'checkouts of two accounts by two processes: whatever is bought, paid, failed, returned and renewed',
  async (t) => {
    const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
    const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? 30)
    t.comment(`COUNTERFOIL_SEED=${seed}`)
    const events = new Map<string, number>()
    const property = fc.asyncProperty(bursts, fc.array(fault, { maxLength: 4 }), async (all, strikes) => {
      const faults: Fault[] = []
      const before = (): Fault => faults.shift() ?? 'ok'
      const arm = (next: readonly Fault[]): unknown => faults.splice(0, faults.length, ...next)
      const store = createMemoryEventStore({ before })
      const real = await prepare(new Real([store, store.sibling({ before })], { arm, wait: () => setImmediate() }))
      for (const [pick, account] of [...accounts, ...accounts].entries()) {
        const command: Drawn = { ...begin, accounts: [account, account], pick }
        await new Burst([{ command, key: null, at: 0 }], []).run({}, real)
        await new Burst([{ command: { ...command, name: 'grant-promocode' }, key: null, at: 0 }], []).run({}, real)
      }
      for (const burst of all) await new Burst(burst, strikes).run({}, real)
      await compareAll(real)
      for (const event of real.oracle.books.log) {
        const type = sells(event) ? `${event.type} of a device` : event.type
        events.set(type, (events.get(type) ?? 0) + 1)
      }
    })
    await fc.assert(property, { seed, numRuns })
    t.comment(JSON.stringify(Object.fromEntries([...events].sort())))
    for (const type of ['Purchased', 'CheckoutStarted', 'CheckoutPaid', 'CheckoutFailed']) {
      const count = events.get(`${type} of a device`) ?? 0
      // About one in four runs has one: so few that thirty runs may have two.
      t.ok(50 * count > numRuns, `${count} ${type} of devices`)
    }
    t.pass(`${numRuns} runs, COUNTERFOIL_SEED=${seed}`)
  },
)
