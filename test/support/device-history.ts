import type { CommandName, Inputs } from '../../src/commands/port.js'
import type { Actor } from '../../src/ledger/state.js'
import { later } from '../../src/ledger/time.js'
import { actor, admin } from './actors.js'
import { Books, idOf } from './books.js'
import { deciders } from './decide.js'
import { granted, onSale, opened, promocode, recharged } from './facts.js'
import { fc } from './fast-check.js'
import { NOW } from './given.js'
import { isLost } from './lost.js'
import { type Drawn, drawnCommand, inputOf } from './random-commands.js'

/** What a device goes through, what seldom finds its moment more often. */
const operations: readonly CommandName[] = [
  ...(['buy', 'buy', 'start-checkout', 'start-checkout', 'start-checkout', 'cancel-subscription'] as const),
  ...(['checkout-paid', 'checkout-paid', 'checkout-paid', 'checkout-failed', 'payment-settled'] as const),
  ...([
    'renew',
    'renew',
    'renew',
    'renew',
    'report-usage',
    'withdraw',
    'withdraw',
    'checkout',
    'payment-returned',
  ] as const),
  ...([
    'refund-purchase',
    'refund-purchase',
    'refund-purchase',
    'card-refunded',
    'card-refund-failed',
    'close-subscription',
  ] as const),
]

/** What the gateway says, or the scheduler asks; the rest an admin does. */
const ours: ReadonlySet<CommandName> = new Set([
  ...(['checkout-paid', 'checkout-failed', 'payment-settled', 'payment-returned'] as const),
  ...(['card-refunded', 'card-refund-failed', 'renew'] as const),
])
const system = actor('system:tests', [])

const step = fc
  .tuple(drawnCommand(['ann']), fc.constantFrom(...operations), fc.constantFrom(0, 0, 30, 100, 400))
  .map(([drawn, name, hours]): Drawn => {
    const amount = ['0', '1.001', 'x'].includes(drawn.amount) ? '30.00' : drawn.amount
    return { ...drawn, name, hours, amount, actor: ours.has(name) ? system : admin }
  })

/** What is asked for two devices of ann's, who has 60.00, and for plans on no device. */
export const deviceSteps = (maxLength: number): fc.Arbitrary<readonly Drawn[]> =>
  fc.array(step, { minLength: 50, maxLength, size: 'max' })

/** Of a year. */
const half = granted(promocode('ten', { value: '50', periods: 12 }), 'ann', 1, 30)

/** The books after each step, as the rules decide it. Throws where something is bought for what is being given back. */
export function* deviceHistory(steps: readonly Drawn[]): Generator<Books> {
  const books = new Books()
  for (const fact of [...onSale, opened('ann'), recharged('ann', '60.00'), half]) books.append(fact, NOW)
  let now = NOW
  let id = 1000
  const decide = <Name extends CommandName>(name: Name, input: Inputs[Name], actor: Actor): void => {
    id += 1
    const decision = deciders[name](books, input, { actor, now, id: idOf(id) })
    for (const fact of decision.kind === 'facts' ? decision.facts : []) {
      if (isLost(fact, books)) throw new Error(`bought for what is being given back: ${JSON.stringify(fact)}`)
      books.append(fact, now)
    }
  }
  for (const device of ['D1', 'D2']) decide('open-subscription', { account: 'ann', device }, admin)
  decide('grant-promocode', { promocode: 'few', account: 'ann' }, admin)
  yield books
  for (const drawn of steps) {
    now = later(now, drawn.hours * 3_600_000)
    decide(drawn.name, inputOf[drawn.name](drawn, books), drawn.actor)
    yield books
  }
}
