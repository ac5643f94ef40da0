import t from 'tap'
import type { LedgerEvent } from '../../events/envelope.js'
import type { CommandName, Inputs } from '../../src/commands/port.js'
import { addDays, daysBetween } from '../../src/ledger/calendar.js'
import { postings } from '../../src/ledger/postings.js'
import { actor, admin } from '../support/actors.js'
import { Books, idOf } from '../support/books.js'
import { deciders, GRACE_DAYS, RETRY_DAYS } from '../support/decide.js'
import { ID, LEAF, onCard } from '../support/device.js'
import { fc } from '../support/fast-check.js'
import { NOW } from '../support/given.js'
import { check } from '../support/random.js'

const scheduler = actor('system:renewals', [])
const gateway = actor('system:checkouts', [])

interface Step {
  readonly act: 'run' | 'cancel' | 'report' | 'close' | 'settle'
  readonly days: number
  /** Of a run: how many days before or after the day it happens. */
  readonly off: number
  /** What the card says to a charge; `null`: nobody knows for now. */
  readonly good: boolean | null
}

/** ann's device, whose plan a card has paid up to 1 March, and whatever happens to it. */
class Life {
  readonly books = new Books()
  today = '2026-02-27'
  #ids = 100

  constructor() {
    for (const fact of onCard) this.books.append(fact, NOW)
  }

  do<Name extends CommandName>(name: Name, input: Inputs[Name], by = admin): LedgerEvent | undefined {
    this.#ids += 1
    const now = `${this.today}T04:00:00.000Z`
    const decision = deciders[name](this.books, input, { actor: by, now, id: idOf(this.#ids) })
    if (decision.kind !== 'facts') return undefined
    return decision.facts.map((fact) => this.books.append(fact, now)).at(-1)
  }

  get device() {
    return this.books.account('ann')?.own.subscriptions.find(({ id }) => id === ID)
  }

  step({ act, days, off, good }: Step): void {
    this.today = addDays(this.today, days)
    const which = { account: 'ann', subscription: ID }
    if (act === 'run') this.run(addDays(this.today, off), good)
    if (act === 'cancel') this.do('cancel-subscription', which)
    if (act === 'close') this.do('close-subscription', which)
    if (act === 'report') this.do('report-usage', { ...which, used: { sms: '1' } })
    if (act === 'settle') this.#settle(good ?? true)
  }

  /** As the scheduler does. */
  run(asOf: string, good: boolean | null): void {
    for (let start = this.device?.period?.end; start !== undefined; ) {
      const event = this.do('renew', { account: 'ann', subscription: ID, start, asOf }, scheduler)
      if (event?.type === 'CheckoutStarted') {
        if (good !== null) this.#settle(good)
      }
      if (event === undefined || event.type !== 'CheckoutStarted' || !good) return
      start = this.device?.period?.end
    }
  }

  #settle(good: boolean): void {
    for (const { id, kind } of this.books.account('ann')?.own.charges ?? []) {
      const leaf = this.books.log.findIndex(({ type, data }) => type === 'CheckoutStarted' && data.checkout === id)
      const which = { account: 'ann', checkoutLeaf: leaf }
      if (kind !== 'open') continue
      if (good) this.do('checkout-paid', { ...which, transaction: 't' }, gateway)
      else this.do('checkout-failed', { ...which, reason: 'declined' }, gateway)
    }
  }
}

const must = (holds: boolean, rule: string): void => {
  if (!holds) throw new Error(`broken: ${rule}`)
}

/** What holds of the events after the device was bought. */
const mustBeOrderly = (log: readonly LedgerEvent[]): void => {
  let paidUpTo = '2026-03-01'
  let open: string | null = null
  let unpaid: { since: string; until: string; tries: string[] } | null = null
  for (const { type, data } of log.slice(onCard.length)) {
    if (type === 'CheckoutStarted') {
      must(open === null, 'one charge at a time')
      must(data.items[0]?.period?.start === paidUpTo, 'the next period is charged')
      open = data.checkout
      const { triedOn = '' } = data
      if (unpaid === null) continue
      const { since, tries } = unpaid
      const earlier = tries.at(-1) ?? since
      must(
        RETRY_DAYS.some((days) => addDays(since, days) > earlier && addDays(since, days) <= triedOn),
        'a day of the schedule',
      )
      must(triedOn <= unpaid.until, 'within the days of grace')
      tries.push(triedOn)
      must(tries.length <= RETRY_DAYS.length, 'no more tries than the schedule has days')
    }
    if (type === 'CheckoutPaid') {
      must(open === data.checkout, 'what was started is paid')
      must(data.items[0]?.period?.start === paidUpTo, 'a period is paid once')
      paidUpTo = data.items[0]?.period?.end ?? ''
      open = unpaid = null
    }
    if (type === 'CheckoutFailed') {
      must(unpaid !== null, 'what a card did not pay is past due')
      open = null
    }
    if (type === 'SubscriptionPastDue') {
      must(unpaid === null && data.due === paidUpTo, 'a period is past due once')
      unpaid = { since: addDays(data.until, -GRACE_DAYS), until: data.until, tries: [] }
    }
    if (type === 'SubscriptionReverted') {
      must(open === null, 'nothing ends while a card is charged')
      const on = unpaid === null || data.reason === 'cancelled' ? paidUpTo : addDays(unpaid.until, 1)
      must(data.on === on, 'it ends with what is paid, or with the days of grace')
      unpaid = null
    }
  }
}

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom('run', 'run', 'run', 'run', 'run', 'settle', 'cancel', 'report', 'close'),
  days: fc.constantFrom(0, 0, 1, 1, 2, 6, 20),
  off: fc.constantFrom(-3, 0, 0, 0, 0, 1),
  good: fc.constantFrom(true, false, false, null),
})

t.test(
  'whatever a card says and whenever runs come: a period is charged once, tries keep to the schedule',
  async (t) => {
    const seen = new Set<string>()
    const property = fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const life = new Life()
      for (const one of steps) {
        life.step(one)
        mustBeOrderly(life.books.log)
      }
      for (const { type } of life.books.log) seen.add(type)
      const legs = life.books.log.flatMap(postings)
      must(legs.reduce((sum, { amount }) => sum + amount, 0n) === 0n, 'the books balance')
    })
    check(t, property, 400)
    for (const type of [
      'CheckoutPaid',
      'CheckoutFailed',
      'SubscriptionPastDue',
      'SubscriptionReverted',
      'SubscriptionEnded',
    ]) {
      t.ok(seen.has(type), type)
    }
  },
)

t.test('a card that is good for nothing ends on the free plan, however late and often runs come', async (t) => {
  const gaps = fc.array(fc.constantFrom(0, 1, 1, 2, 5), { maxLength: 30 })
  const property = fc.property(gaps, (days) => {
    const life = new Life()
    life.today = '2026-03-01'
    life.run(life.today, false)
    for (const later of days) life.step({ act: 'run', days: later, off: 0, good: false })
    mustBeOrderly(life.books.log)
    const over = daysBetween('2026-03-01', life.today) > GRACE_DAYS
    must((life.device?.period === null) === over, 'it is back on the free plan when the days of grace are over')
  })
  check(t, property, 200)
})

t.test('with a good card it does not matter how late, how often or in which order runs come', async (t) => {
  const runs = fc.array(fc.tuple(fc.constantFrom(0, 1, 30, 92), fc.constantFrom(-60, 0, 0, 20)), { maxLength: 12 })
  const property = fc.property(runs, (all) => {
    const [one, many] = [new Life(), new Life()]
    for (const [days, off] of all) many.step({ act: 'run', days, off, good: true })
    one.today = many.today
    const last = addDays(many.today, 20)
    for (const life of [one, many]) life.run(last, true)
    must(one.device?.period?.end === many.device?.period?.end, 'the same periods are paid')
    must(one.books.log.length === many.books.log.length, 'by as many events')
    must((one.device?.period?.end ?? '') > last && one.device?.leaf === LEAF, 'all that is due')
  })
  check(t, property, 200)
})
