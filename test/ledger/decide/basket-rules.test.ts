import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { addDays } from '../../../src/ledger/calendar.js'
import type { BasketItem } from '../../../src/ledger/decide/basket.js'
import { fromEvent } from '../../../src/ledger/money.js'
import { actor } from '../../support/actors.js'
import { type Books, idOf } from '../../support/books.js'
import { dateIn, deciders } from '../../support/decide.js'
import { FREE } from '../../support/device.js'
import { addon, granted, opened, promocode, published } from '../../support/facts.js'
import { fc } from '../../support/fast-check.js'
import { booksOf, NEW_ID } from '../../support/given.js'
import { check } from '../../support/random.js'

const ann = actor('ann')
const DEVICES = 3
const PRICES = { Free: 0n, Basic: 999n, Pro: 3000n, Top: 7290n, Mini: 1n } as const
const PACKS = { more: 150n, space: 333n } as const
const CODES = ['half', 'five', 'all'] as const

const price = (minor: bigint): string => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`

const device = (n: number): Fact => ({
  type: 'SubscriptionOpened',
  data: { subscription: idOf(n), account: 'ann', device: `D${n}`, item: FREE },
})

const begun = (taxed: boolean): readonly Fact[] => [
  opened('ann', '100000.00'),
  ...Object.entries(PRICES).map(([plan, minor]) => published(plan, price(minor))),
  published('Year', '100.00', { billPeriod: 'yearly' }),
  ...Object.entries(PACKS).map(([id, minor]): Fact => {
    const pack = addon(id)
    if (pack.type !== 'AddonPublished') throw new Error(pack.type)
    return { ...pack, data: { ...pack.data, price: price(minor) } }
  }),
  granted(promocode('half', { value: '50', periods: 2 }), 'ann', 1, 30),
  granted(promocode('five', { type: 'fixed', value: '5.00', currency: 'EUR' }), 'ann', 1, 31),
  granted(promocode('all', { value: '100' }), 'ann', 1, 32),
  ...Array.from({ length: DEVICES }, (_, n) => device(n)),
  ...(taxed
    ? ([
        {
          type: 'CustomerChanged',
          data: { account: 'ann', address: { personKey: idOf(40), sealed: 'c2VhbGVk' }, taxCountry: 'SG' },
        },
      ] satisfies Fact[])
    : []),
]

const noon = (day: number): string => `${addDays('2020-01-31', day)}T04:00:00.000Z`

/** What comes of it is in the books then. */
const bought = (books: Books, items: readonly BasketItem[], now: string) => {
  const decision = deciders.buy(books, { account: 'ann', items }, { actor: ann, now, id: NEW_ID })
  if (decision.kind === 'refused') return decision.refusal.code
  const fact = decision.kind === 'facts' ? decision.facts.at(-1) : undefined
  if (fact?.type !== 'Purchased') throw new Error(JSON.stringify(decision))
  books.append(fact, now)
  return fact.data
}

const paid = (books: Books, item: BasketItem, now: string): bigint => {
  const data = bought(books, [item], now)
  return typeof data === 'string' ? 0n : fromEvent(data.amount)
}

const plan = fc.constantFrom(...Object.keys(PRICES), 'Year')
const addons = fc.subarray(Object.keys(PACKS))
const item = (subscription: string): fc.Arbitrary<BasketItem> =>
  fc
    .record({ plan, addons, promocode: fc.option(fc.constantFrom(...CODES)) })
    .map(({ promocode, ...rest }) => ({ subscription, ...rest, ...(promocode !== null && { promocode }) }))
const items = fc
  .tuple(...Array.from({ length: DEVICES }, (_, n) => item(idOf(n))), fc.integer({ min: 1, max: DEVICES }))
  .map((all) => all.slice(0, Number(all.at(-1))) as readonly BasketItem[])

const SIGN = { charge: 1n, tax: 1n, rebate: -1n, discount: -1n } as const

t.test('whatever is bought, day after day: lines sum to the amount, and the same again is nothing new', async (t) => {
  let sales = 0
  const steps = fc.array(fc.tuple(items, fc.integer({ min: 0, max: 40 })), { minLength: 1, maxLength: 8 })
  const property = fc.property(steps, fc.boolean(), (steps, taxed) => {
    const books = booksOf(begun(taxed))
    let day = 0
    for (const [items, days] of steps) {
      day += days
      const data = bought(books, items, noon(day))
      if (typeof data === 'string') continue
      sales += 1
      const sum = data.lines.reduce((sum, { kind, amount }) => sum + SIGN[kind] * fromEvent(amount), 0n)
      if (sum !== fromEvent(data.amount) || sum < 0n) return false
      if (data.lines.some(({ item }) => data.items[item]?.waits)) return false
      for (const { waits, period, charged, price, addons = [], promocode } of data.items) {
        const whole = addons.reduce((sum, { price }) => sum + fromEvent(price), fromEvent(price))
        if (!waits && (period === undefined || charged === undefined || fromEvent(charged) > whole)) return false
        if (waits && (period ?? charged) !== undefined) return false
        if (promocode !== undefined && promocode.periodsLeft < 0) return false
      }
      const again = items.map(({ promocode: _, ...rest }) => rest)
      if (bought(books, again, noon(day)) !== 'subscription_unchanged') return false
    }
    return true
  })
  check(t, property, 400)
  t.ok(sales > 100, `${sales} sales`)
})

/** Without a promocode. */
const plain = fc
  .record({ plan: fc.constantFrom(...Object.keys(PRICES)), addons })
  .map((rest) => ({ subscription: idOf(0), ...rest }))
const anyDay = fc.integer({ min: 0, max: 60 })

t.test('who buys and changes at once pays, in all, what the dearer of the two costs alone', async (t) => {
  const property = fc.property(plain, plain, anyDay, (one, other, day) => {
    const [a = 0n, b = 0n] = [one, other].map((item) => paid(booksOf(begun(false)), item, noon(day)))
    const books = booksOf(begun(false))
    const both = paid(books, one, noon(day)) + paid(books, other, noon(day))
    return both >= a && both >= b && (both === a || both === b)
  })
  check(t, property, 400)
})

t.test('what was cancelled is gone back to for nothing, however it was paid', async (t) => {
  const first = fc.record({ item: item(idOf(0)), day: anyDay, later: fc.integer({ min: 0, max: 31 }) })
  let resumed = 0
  const property = fc.property(first, ({ item, day, later }) => {
    const books = booksOf(begun(true))
    const [now, then] = [noon(day), noon(day + later)]
    bought(books, [item], now)
    const own = { account: 'ann', subscription: idOf(0) }
    const decision = deciders['cancel-subscription'](books, own, { actor: ann, now: then, id: NEW_ID })
    if (decision.kind !== 'facts') return true
    for (const fact of decision.facts) books.append(fact, then)
    const { period } = books.account('ann')?.own.subscriptions[0] ?? {}
    if (period == null || dateIn(then) >= period.end) return true
    resumed += 1
    const { promocode: _, ...again } = item
    if (paid(books, again, then) !== 0n) return false
    const { state, next, plan } = books.account('ann')?.own.subscriptions[0] ?? {}
    return state === 'active' && next?.plan === plan?.plan && next?.promocode === plan?.promocode
  })
  check(t, property, 400)
  t.ok(resumed > 50, `${resumed} gone back to`)
})
