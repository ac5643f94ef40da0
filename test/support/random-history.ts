import type { EventType, Fact } from '../../events/catalogue.js'
import type { CommandName, Inputs } from '../../src/commands/port.js'
import type { Decision } from '../../src/ledger/decision.js'
import { amountText, fromEvent } from '../../src/ledger/money.js'
import type { Deciding } from '../../src/ledger/state.js'
import { later } from '../../src/ledger/time.js'
import { admin, sweeper } from './actors.js'
import { type Books, idOf } from './books.js'
import { deciders } from './decide.js'
import { recharged } from './facts.js'
import { fc } from './fast-check.js'
import { NOW } from './given.js'
import { type Drawn, drawnCommand, inputOf } from './random-commands.js'
import { factOf, openBooks } from './random-facts.js'

export const owners = ['ann', 'bob', 'eve'] as const

type Step = { readonly command: Drawn } | { readonly fact: Fact; readonly pick: number }

/** What may always happen, as far as folds can tell; a refund of a purchase is fitted to one that is there. */
const always: readonly EventType[] = [
  ...(['CheckoutStarted', 'CheckoutStarted', 'SubscriptionOpened', 'UsageReported', 'SubscriptionReverted'] as const),
  ...(['Purchased', 'Purchased', 'SubscriptionRenewed', 'PurchaseRefunded', 'PurchaseRefunded'] as const),
  ...([
    'CouponRedeemed',
    'SubscriptionPastDue',
    'SubscriptionCancelled',
    'SubscriptionEnded',
    'PlanPublished',
  ] as const),
]

/** What moves an account's money, or bars it; what seldom finds its moment more often. */
const operations: readonly CommandName[] = [
  ...([
    'recharge',
    'reverse-recharge',
    'withdraw',
    'adjust',
    'credit-limit',
    'freeze',
    'unfreeze',
    'unfreeze',
  ] as const),
  ...(['trade', 'trade', 'authorize', 'authorize', 'authorize', 'void', 'expire', 'expire'] as const),
  ...(['capture', 'capture', 'capture', 'capture', 'capture', 'capture'] as const),
  ...(['request-refund', 'request-refund', 'request-refund', 'request-refund'] as const),
  ...([
    'approve-refund',
    'approve-refund',
    'reject-refund',
    'reject-refund',
    'reject-refund',
    'withdraw-refund',
  ] as const),
  'void',
  ...(['checkout-paid', 'checkout-paid', 'checkout-failed', 'payment-settled', 'payment-returned'] as const),
  ...(['charge-returned', 'refund-purchase', 'refund-purchase', 'card-refunded', 'card-refund-failed'] as const),
]

/** What the sweeper, or the gateway, says. */
const ours: ReadonlySet<CommandName> = new Set([
  ...(['expire', 'checkout-paid', 'checkout-failed', 'payment-settled', 'payment-returned'] as const),
  ...(['charge-returned', 'card-refunded', 'card-refund-failed'] as const),
])

/** By who may, and of sound amounts between two: so most are not refused. */
const willing = (drawn: Drawn, name: CommandName): Drawn => {
  const [one, other] = drawn.accounts
  return {
    ...drawn,
    name,
    actor: ours.has(name) ? sweeper : admin,
    accounts: [one, one === other ? (owners.find((owner) => owner !== one) ?? one) : other],
    amount: ['0', '1.001', 'x'].includes(drawn.amount) ? '0.25' : drawn.amount,
    hours: drawn.pick > 48 ? 200 : 0,
  }
}

const command = fc
  .tuple(drawnCommand(owners), fc.constantFrom(...operations))
  .map(([drawn, name]): Step => ({ command: willing(drawn, name) }))
const fact = fc.record({ fact: fc.constantFrom(...always).chain(factOf), pick: fc.nat({ max: 50 }) })

/** Histories that the rules allow, of all events that touch accounts: three accounts with a little money, then up to so many steps. */
export const anyHistory = (maxLength: number): fc.Arbitrary<readonly Fact[]> => {
  const step = fc.oneof({ weight: 3, arbitrary: command }, { weight: 1, arbitrary: fact })
  return fc.array(step, { maxLength, size: 'max' }).map(historyOf)
}

const historyOf = (steps: readonly Step[]): readonly Fact[] => {
  const books = openBooks([])
  for (const [n, owner] of owners.entries()) books.append(recharged(owner, '50.00', 900 + n), NOW)
  let now = NOW
  for (const [n, step] of steps.entries()) {
    const id = idOf(1000 + n)
    if ('command' in step) {
      now = later(now, step.command.hours * 3_600_000)
      const decision = decideAs(step.command.name, step.command, books, { actor: step.command.actor, now, id })
      if (decision.kind === 'facts') for (const each of decision.facts) books.append(each, now)
    } else {
      const fitted = fit(step.fact, step.pick, books, id)
      if (fitted !== null) books.append(fitted, now)
    }
  }
  return books.log.map(({ type, data }) => ({ type, data }) as Fact)
}

const decideAs = <Name extends CommandName>(name: Name, drawn: Drawn, books: Books, deciding: Deciding): Decision => {
  const input: Inputs[Name] = inputOf[name](drawn, books)
  return deciders[name](books, input, deciding)
}

/** With ids of its own, and never more given back than was paid; `null`: nothing was. */
const fit = (fact: Fact, pick: number, books: Books, id: string): Fact | null => {
  if (fact.type === 'Purchased' || fact.type === 'SubscriptionRenewed') {
    const data = { ...fact.data, order: id }
    return { ...fact, data } as Fact
  }
  if (fact.type === 'CheckoutStarted') return { ...fact, data: { ...fact.data, checkout: id } }
  if (fact.type !== 'PurchaseRefunded') return fact
  const bought = books.purchases().filter(({ transaction }) => transaction === null)
  const purchase = bought[pick % bought.length]
  if (purchase === undefined) return null
  const rest = fromEvent(purchase.amount) - fromEvent(purchase.refunded)
  const asked = fromEvent(fact.data.amount)
  const amount = pick % 2 === 0 || asked > rest ? rest : asked
  if (amount === 0n) return null
  const { id: order, leaf: orderLeaf, account, currency } = purchase
  const lines = [{ item: 0, plan: 'Basic10', kind: 'charge' as const, amount: amountText(amount, currency) }]
  return {
    ...fact,
    data: { refund: id, order, orderLeaf, account, currency, amount: amountText(amount, currency), lines },
  }
}
