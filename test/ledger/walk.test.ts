import { Ajv } from 'ajv'
import t from 'tap'
import { catalogue, type Fact } from '../../events/catalogue.js'
import type { CommandName, Inputs } from '../../src/commands/port.js'
import { spendable } from '../../src/ledger/account.js'
import type { Decision } from '../../src/ledger/decision.js'
import { inAccount } from '../../src/ledger/facts.js'
import { fromEvent } from '../../src/ledger/money.js'
import { ownerOf } from '../../src/ledger/owner.js'
import type { Deciding, Line } from '../../src/ledger/state.js'
import { streamOf } from '../../src/ledger/streams.js'
import { later } from '../../src/ledger/time.js'
import { type Books, idOf } from '../support/books.js'
import { deciders } from '../support/decide.js'
import { onSale } from '../support/facts.js'
import { fc } from '../support/fast-check.js'
import { NOW } from '../support/given.js'
import { check } from '../support/random.js'
import { anyCommand, type Drawn, inputOf } from '../support/random-commands.js'
import { openBooks } from '../support/random-facts.js'

const ajv = new Ajv()
/** The newest versions come first in the catalogue, and are what is decided. */
const accepts = new Map([...catalogue].reverse().map(({ type, schema }) => [type, ajv.compile(schema)]))

const decideAs = <Name extends CommandName>(name: Name, drawn: Drawn, books: Books, deciding: Deciding): Decision => {
  const input: Inputs[Name] = inputOf[name](drawn, books)
  return deciders[name](books, input, deciding)
}

/** Walks through random commands as the command loop would, and holds the books to the rules after each. */
const walk = (commands: readonly Drawn[]): Set<string> => {
  const books = openBooks(onSale)
  const seen = new Set<string>()
  let now = NOW
  for (const [n, drawn] of commands.entries()) {
    now = later(now, drawn.hours * 3_600_000)
    const decision = decideAs(drawn.name, drawn, books, { actor: drawn.actor, now, id: idOf(1000 + n) })
    seen.add(decision.kind === 'refused' ? decision.refusal.code : decision.kind)
    if (decision.kind === 'repeat') must(decision.revision >= 0, 'a repeat names a revision')
    if (decision.kind !== 'facts') continue
    for (const fact of decision.facts) accept(books, fact, now)
    must(new Set(decision.facts.map(streamOf)).size === 1, 'one append lies in one stream')
    const last = decision.facts.at(-1)
    if (last) mustBePayable(books, last)
    mustAddUp(books)
  }
  return seen
}

const must = (holds: boolean | undefined, rule: string): void => {
  if (!holds) throw new Error(`broken: ${rule}`)
}

const accept = (books: Books, fact: Fact, now: string): void => {
  must(accepts.get(fact.type)?.(fact.data), `the schema accepts ${JSON.stringify(fact)}`)
  books.append(fact, now)
}

const voluntary: ReadonlySet<string> = new Set([
  'Traded',
  'TradeAuthorized',
  'Withdrawn',
  'Purchased',
  'SubscriptionRenewed',
])

const mustBePayable = (books: Books, fact: Fact): void => {
  if (!voluntary.has(fact.type)) return
  const account = inAccount(fact) ? books.account(ownerOf(fact)) : undefined
  const pays = 'amount' in fact.data && fromEvent(fact.data.amount) > 0n
  must(account && !account.own.frozen && (!pays || spendable(account) >= 0n), 'no voluntary debit beyond the spendable')
}

/** Rebates and discounts lower what the lines sum to. */
const signed = ({ kind, amount }: Line): bigint =>
  kind === 'rebate' || kind === 'discount' ? -fromEvent(amount) : fromEvent(amount)

const mustAddUp = (books: Books): void => {
  const heldBy = new Map<string, bigint>()
  const add = (name: string, amount: bigint) => heldBy.set(name, (heldBy.get(name) ?? 0n) + amount)
  for (const { facts, payment, refunds } of books.orders()) {
    const open = refunds.open.reduce((sum, { amount }) => sum + amount, 0n)
    must(refunds.refunded + open <= payment.paid, 'refunds never sum past the order')
    must(payment.paid <= facts.amount, 'no more is paid than was asked')
    const isHold = books.own.get(facts.buyer)?.holds.some(({ order }) => order === facts.id)
    must(isHold === (payment.state === 'pending'), 'the open holds are the pending orders')
    if (payment.state === 'pending') add(facts.buyer, facts.amount)
    add(facts.seller, open)
  }
  for (const [name, own] of books.own) must(own.held === (heldBy.get(name) ?? 0n), 'held = holds + open refunds')
  for (const { amount, reversed } of books.recharges()) must(reversed <= amount, 'no more is reversed than came in')
  for (const { amount, refunded, lines } of books.purchases()) {
    const left = fromEvent(amount) - fromEvent(refunded)
    must(left >= 0n, 'no more of a purchase is given back than was paid')
    must(lines.reduce((sum, line) => sum + signed(line), 0n) === left, 'the lines are what is left')
  }
}

t.test('any commands of anybody leave books that add up, and events that the schemas accept', async (t) => {
  const seen = new Set<string>()
  const property = fc.property(fc.array(anyCommand, { minLength: 40, maxLength: 80 }), (commands) => {
    for (const what of walk(commands)) seen.add(what)
  })
  check(t, property, 300)
  t.comment([...seen].sort().join(' '))
})
