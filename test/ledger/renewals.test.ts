import t from 'tap'
import type { DataOf } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import type { Inputs } from '../../src/commands/port.js'
import { available, spendable } from '../../src/ledger/account.js'
import { addDays, stepFrom } from '../../src/ledger/calendar.js'
import { fromEvent } from '../../src/ledger/money.js'
import { postings, wallet } from '../../src/ledger/postings.js'
import { actor, admin } from '../support/actors.js'
import { Books, idOf } from '../support/books.js'
import { deciders } from '../support/decide.js'
import { opened, published, recharged } from '../support/facts.js'
import { fc } from '../support/fast-check.js'
import { check } from '../support/random.js'

const scheduler = actor('system:renewals', [])

type Act = 'run' | 'run' | 'recharge' | 'cancel' | 'refund' | 'freeze' | 'unfreeze'
interface Step {
  readonly act: Act
  /** How much later than the step before. */
  readonly days: number
  /** Of a run: how many days before or after the day it happens. */
  readonly off: number
  readonly pick: number
}

/** One account with two subscriptions that began on one day, and whatever happens to it; after each step the rules are held. */
class Life {
  readonly books = new Books()
  today: string
  #ids = 100

  constructor(start: string, funds: string) {
    this.today = start
    const plans = [published('month', '3.00'), published('year', '20.00', { billPeriod: 'Y' })]
    for (const fact of [...plans, opened('ann'), recharged('ann', funds)]) this.books.append(fact, this.now)
    for (const plan of ['month', 'year']) this.#do('checkout', { account: 'ann', plan })
  }

  get now(): string {
    return `${this.today}T04:00:00.000Z`
  }

  #do<Name extends 'checkout' | 'renew' | 'cancel-subscription' | 'refund-purchase'>(
    name: Name,
    input: Inputs[Name],
  ): LedgerEvent | undefined {
    this.#ids += 1
    const by = name === 'renew' ? scheduler : admin
    const decision = deciders[name](this.books, input, { actor: by, now: this.now, id: idOf(this.#ids) })
    if (decision.kind !== 'facts') return undefined
    return decision.facts.map((fact) => this.books.append(fact, this.now)).at(-1)
  }

  step({ act, days, off, pick }: Step): void {
    this.today = addDays(this.today, days)
    const one = this.books.subscriptions()[pick % 2]
    const paid = this.books.purchases()[pick % Math.max(1, this.books.purchases().length)]
    if (act === 'run') this.run(addDays(this.today, off))
    if (act === 'recharge') this.books.append(recharged('ann', '7.00', pick), this.now)
    if (act === 'cancel' && one) this.#do('cancel-subscription', { account: 'ann', subscription: one.id })
    if (act === 'refund' && paid) this.#do('refund-purchase', { order: paid.id, ...(off < 0 && { amount: '1.00' }) })
    if (act === 'freeze') this.books.append({ type: 'AccountFrozen', data: { account: 'ann', reason: 'r' } }, this.now)
    if (act === 'unfreeze')
      this.books.append({ type: 'AccountUnfrozen', data: { account: 'ann', reason: 'r' } }, this.now)
  }

  /** As the scheduler does. */
  run(asOf: string): void {
    for (const { id, period } of this.books.subscriptions()) {
      let start = period?.end ?? ''
      for (;;) {
        const event = this.#do('renew', { account: 'ann', subscription: id, start, asOf })
        if (event?.type !== 'SubscriptionRenewed') break
        const account = this.books.account('ann')
        if (start > asOf || !account || spendable(account) < 0n || account.own.frozen) throw new Error('not to be paid')
        start = event.data.items[0]?.period?.end ?? ''
      }
    }
  }
}

const must = (holds: boolean, rule: string): void => {
  if (!holds) throw new Error(`broken: ${rule}`)
}

type Item = DataOf<'Purchased'>['items'][number]

/** Every subscription's periods follow each other from its anchor, each paid once; nothing happens to it after its end. */
const mustBeOrderly = (log: readonly LedgerEvent[]): void => {
  const paid = new Map<string, number>()
  const over = new Set<string>()
  const unpaid = new Set<string>()
  const charge = ({ subscription = '', period }: Item): void => {
    if (period === undefined) return
    const before = paid.get(subscription) ?? 0
    must(period.start === stepFrom(period.anchor, period.unit, before), 'each period begins where the last one ended')
    must(period.end === stepFrom(period.anchor, period.unit, before + 1), 'each period ends where it should')
    paid.set(subscription, before + 1)
  }
  for (const { type, data } of log) {
    if ('subscription' in data) must(!over.has(data.subscription), 'nothing happens after the end')
    if (type === 'Purchased' || type === 'SubscriptionRenewed') data.items.forEach(charge)
    if (type === 'SubscriptionRenewed') unpaid.delete(data.subscription)
    if (type === 'SubscriptionEnded') over.add(data.subscription)
    if (type !== 'SubscriptionPastDue') continue
    must(!unpaid.has(data.subscription), 'a period is past due once')
    unpaid.add(data.subscription)
  }
}

const mustBalance = (books: Books): void => {
  const legs = books.log.flatMap(postings)
  must(legs.reduce((sum, { amount }) => sum + amount, 0n) === 0n, 'the books balance')
  const ann = books.account('ann')
  const { kind, name } = wallet('ann')
  const booked = legs.reduce((sum, leg) => (leg.kind === kind && leg.name === name ? sum - leg.amount : sum), 0n)
  must(ann !== undefined && available(ann) === booked && booked >= 0n, 'the account is what its postings sum to')
  for (const { id, amount, refunded } of books.purchases()) {
    const back = books.log.flatMap(({ type, data }) =>
      type === 'PurchaseRefunded' && data.order === id ? [fromEvent(data.amount)] : [],
    )
    const sum = back.reduce((all, one) => all + one, 0n)
    must(sum === fromEvent(refunded) && sum <= fromEvent(amount), 'no more is given back than was paid')
  }
}

const start = fc
  .date({ min: new Date('2023-12-25'), max: new Date('2024-03-02'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10))
const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom<Act>('run', 'run', 'run', 'recharge', 'recharge', 'cancel', 'refund', 'freeze', 'unfreeze'),
  days: fc.constantFrom(0, 0, 1, 6, 8, 31, 100),
  off: fc.constantFrom(-40, -1, 0, 0, 1, 40, 366),
  pick: fc.nat({ max: 20 }),
})

t.test('whatever happens and however often runs come, a period is charged once, and the books balance', async (t) => {
  const steps = fc.array(step, { minLength: 5, maxLength: 40 })
  const property = fc.property(start, fc.constantFrom('23.00', '40.00', '100.00'), steps, (day, funds, all) => {
    const life = new Life(day, funds)
    for (const one of all) {
      life.step(one)
      mustBeOrderly(life.books.log)
    }
    mustBalance(life.books)
  })
  check(t, property, 400)
})

t.test('with money enough, it does not matter how late, how often or in which order runs come', async (t) => {
  const runs = fc.array(fc.tuple(fc.constantFrom(0, 1, 30, 92), fc.constantFrom(-60, 0, 0, 20)), { maxLength: 12 })
  const property = fc.property(start, runs, (day, all) => {
    const [one, many] = [new Life(day, '9000.00'), new Life(day, '9000.00')]
    for (const [days, off] of all) many.step({ act: 'run', days, off, pick: 0 })
    one.today = many.today
    const last = addDays(many.today, 20)
    for (const life of [one, many]) life.run(last)
    const charged = ({ books }: Life) => books.subscriptions().map(({ period }) => period)
    must(JSON.stringify(charged(one)) === JSON.stringify(charged(many)), 'the same periods are paid')
    must(one.books.log.length === many.books.log.length, 'by as many events')
    const [month] = charged(one)
    must(month != null && month.start <= last && month.end > last, 'all that is due, and no more')
  })
  check(t, property, 300)
})
