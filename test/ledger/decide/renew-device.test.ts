import t from 'tap'
import type { DataOf, Fact } from '../../../events/catalogue.js'
import { type BoughtPlan, MAX_CHARGES } from '../../../src/ledger/state.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import {
  boughtPro,
  charge,
  FEBRUARY,
  FREE,
  ID,
  LEAF,
  MARCH,
  NAMES,
  onCard,
  onFree,
  paid,
  pastDue,
  pro,
  renewing,
  reverted,
  started,
} from '../../support/device.js'
import { frozen, recharged, traded } from '../../support/facts.js'
import { given, NEW_ID } from '../../support/given.js'

const scheduler = actor('system:renewals', [])
const _gateway = actor('system:checkouts', [])
const ask = { account: 'ann', subscription: ID, start: '2026-03-01', asOf: '2026-03-01' }

type Renewed = DataOf<'SubscriptionRenewed'>
const renewed = (more: Partial<Renewed> = {}): Fact => ({
  type: 'SubscriptionRenewed',
  data: {
    order: NEW_ID,
    ...NAMES,
    amount: '10.00',
    currency: 'EUR',
    items: [pro(MARCH)],
    lines: [charge('10.00')],
    ...more,
  },
})

t.test('a whole month is charged after the part of one that was bought, whatever that cost', async (t) => {
  const part = { on: '2026-02-10', remainingDays: 19, totalDays: 28 }
  given(...onFree, boughtPro({ proration: part }))
    .when('renew', ask, scheduler)
    .then(t, renewed())
})

t.test('add-ons are charged with the plan', async (t) => {
  const addons = [{ addon: 'more', addonVersion: 1, name: 'More', price: '1.50', quotas: { sms: '10' } }]
  given(...onFree, boughtPro({ addons }))
    .when('renew', ask, scheduler)
    .then(
      t,
      renewed({
        amount: '11.50',
        items: [pro(MARCH, { addons, charged: '11.50' })],
        lines: [charge('10.00'), { ...charge('1.50'), plan: 'more' }],
      }),
    )
})

const ten = (periodsLeft: number) => ({
  promocode: { code: 'ten', grantLeaf: 2, type: 'percent' as const, value: '10', periodsLeft },
})

t.test('a promocode lowers the price for the periods that it has left, and no longer', async (t) => {
  const lowered = renewed({
    amount: '9.00',
    items: [pro(MARCH, { ...ten(0), charged: '9.00' })],
    lines: [charge('10.00'), { ...charge('1.00'), kind: 'discount' }],
  })
  given(...onFree, boughtPro(ten(1)))
    .when('renew', ask, scheduler)
    .then(t, lowered)
  given(...onFree, boughtPro(ten(0)))
    .when('renew', ask, scheduler)
    .then(t, renewed())
  const free = { promocode: { ...ten(2).promocode, value: '100' } }
  given(...onFree, frozen('ann'), boughtPro(free))
    .when('renew', ask, scheduler)
    .then(t, {
      ...pastDue('2026-03-08'),
      data: { ...NAMES, amount: '0.00', currency: 'EUR', due: '2026-03-01', until: '2026-03-08' },
    } as Fact)
})

const waiting = (item: BoughtPlan): Fact => ({
  type: 'Purchased',
  data: {
    order: idOf(9),
    account: 'ann',
    amount: '0.00',
    currency: 'EUR',
    items: [{ ...item, subscription: ID, subscriptionLeaf: LEAF, waits: true }],
    lines: [],
  },
})

t.test('the plan that waits begins with the next period, for as long as it is billed', async (t) => {
  const { period: _, ...small } = pro(undefined, { plan: 'Small', price: '4.00' })
  const wait = waiting(small)
  const lines = [{ ...charge('4.00'), plan: 'Small' }]
  given(...onFree, boughtPro(), wait)
    .when('renew', ask, scheduler)
    .then(t, renewed({ amount: '4.00', items: [{ ...small, period: MARCH, charged: '4.00' }], lines }))
  const yearly = { ...small, billPeriod: 'Y' }
  const year = { start: '2026-03-01', end: '2027-03-01', anchor: '2026-03-01', unit: 'year', zone: 'UTC' } as const
  given(...onFree, boughtPro(), waiting(yearly))
    .when('renew', ask, scheduler)
    .then(t, renewed({ amount: '4.00', items: [{ ...yearly, period: year, charged: '4.00' }], lines }))
  const odd = { ...small, billPeriod: 'sometimes' }
  given(...onFree, boughtPro(), waiting(odd))
    .when('renew', ask, scheduler)
    .then(t, renewed({ amount: '4.00', items: [{ ...odd, period: MARCH, charged: '4.00' }], lines }))
})

t.test('a card that has paid is charged again: this is said first', async (t) => {
  for (const who of [scheduler, admin]) {
    given(...onCard)
      .when('renew', { ...ask, asOf: '2026-03-02' }, who)
      .then(t, { ...renewing('2026-03-02', 0xfff) })
  }
  given(...onFree, started(), paid(4))
    .when('renew', ask, scheduler)
    .then(t, renewed())
  given(...onCard, renewing('2026-03-01', 9))
    .when('renew', ask, scheduler)
    .refused(t, 'subscription_locked')
})

t.test('where nothing is to be paid no card is asked', async (t) => {
  const free = { promocode: { ...ten(2).promocode, value: '100' } }
  given(...onFree, started(), paid(4, { card: idOf(8), items: [pro(FEBRUARY, free)] }))
    .when('renew', ask, scheduler)
    .then(
      t,
      renewed({
        amount: '0.00',
        items: [pro(MARCH, { promocode: { ...free.promocode, periodsLeft: 1 }, charged: '0.00' })],
        lines: [charge('10.00'), { ...charge('10.00'), kind: 'discount' }],
      }),
    )
})

t.test('what began for nothing is charged to the card that is kept, else to the balance', async (t) => {
  const bought = boughtPro({ charged: '0.00' })
  const forNothing = { ...bought, data: { ...bought.data, amount: '0.00', lines: [] } } as Fact
  const other = started({ items: [pro(FEBRUARY, { subscription: idOf(0x55) })] })
  const kept = paid(4, { card: idOf(8), items: [pro(FEBRUARY, { subscription: idOf(0x55) })] })
  given(...onFree, other, kept, forNothing)
    .when('renew', ask, scheduler)
    .then(t, renewing('2026-03-01', 0xfff))
  given(...onFree, forNothing)
    .when('renew', ask, scheduler)
    .then(t, renewed())
  given(...onFree, other, kept, boughtPro())
    .when('renew', ask, scheduler)
    .then(t, renewed())
})

t.test('a frozen account pays by no card: what is due is past due', async (t) => {
  given(...onCard, frozen('ann'))
    .when('renew', ask, scheduler)
    .then(t, pastDue('2026-03-08'))
})

t.test(
  'too many card payments that are not over make a period past due, and are tried again until it ends',
  async (t) => {
    // The payment for February has not settled.
    const many = Array.from({ length: MAX_CHARGES - 1 }, (_, n) =>
      started({ checkout: idOf(0x100 + n), purpose: 'recharge', items: [], lines: [] }),
    )
    given(...onCard, ...many)
      .when('renew', ask, scheduler)
      .then(t, pastDue('2026-03-08'))
    const unpaid = [...onCard, ...many, pastDue('2026-03-08')]
    const later = { ...ask, asOf: '2026-03-03' }
    given(...unpaid)
      .when('renew', later, scheduler)
      .refused(t, 'too_many_charges')
    const one = { checkout: idOf(0x100), checkoutLeaf: onCard.length, account: 'ann', amount: '7.00', currency: 'EUR' }
    given(...unpaid, { type: 'CheckoutFailed', data: { ...one, purpose: 'recharge', items: [], reason: 'declined' } })
      .when('renew', later, scheduler)
      .then(t, renewing('2026-03-03', 0xfff))
    given(...unpaid)
      .when('renew', { ...ask, asOf: '2026-03-09' }, scheduler)
      .then(t, reverted('2026-03-09', 'unpaid'))
  },
)

t.test('from the balance it is tried whenever anybody asks', async (t) => {
  const poor = [...onFree, boughtPro(), traded(['ann', 'bob'], '13.00', 20), pastDue('2026-03-08')]
  given(...poor)
    .when('renew', ask, scheduler)
    .refused(t, 'insufficient_funds')
  given(...poor, recharged('ann', '10.00', 21))
    .when('renew', ask, scheduler)
    .then(t, renewed())
})

t.test('a plan that waits pays nothing: what is past due stays so, with its days of grace', async (t) => {
  const poor = [...onFree, boughtPro(), traded(['ann', 'bob'], '13.00', 20), pastDue('2026-03-08')]
  const small = pro(undefined, { plan: 'Small', price: '4.00' })
  given(...poor, waiting(small))
    .when('renew', ask, scheduler)
    .refused(t, 'insufficient_funds')
  given(...poor, waiting(small))
    .when('renew', { ...ask, asOf: '2026-03-09' }, scheduler)
    .then(t, reverted('2026-03-09', 'unpaid'))
  given(...poor, waiting(FREE))
    .when('renew', ask, scheduler)
    .then(t, reverted('2026-03-01', 'cancelled'))
})

t.test('the tax of the customer’s country on the first day of the period is added', async (t) => {
  const lives = (taxCountry: string): Fact => ({
    type: 'CustomerChanged',
    data: { account: 'ann', address: { personKey: idOf(9), sealed: 'c2VhbGVk' }, taxCountry },
  })
  const taxed = renewed({
    amount: '10.90',
    lines: [charge('10.00'), { ...charge('0.90'), kind: 'tax' }],
    tax: { country: 'SG', rate: '9' },
  })
  const late = { ...ask, asOf: '2026-03-05' }
  given(...onFree, boughtPro(), lives('SG'))
    .when('renew', late, scheduler)
    .then(t, taxed)
  given(...onFree, boughtPro(), lives('DE'))
    .when('renew', late, scheduler)
    .then(t, renewed())
  given(...onCard, lives('SG'))
    .when('renew', ask, scheduler)
    .then(
      t,
      started({
        ...{ checkout: NEW_ID, purpose: 'renewal', amount: '10.90', items: [pro(MARCH)], means: 'stored' },
        ...{ lines: [charge('10.00'), { ...charge('0.90'), kind: 'tax' }], tax: { country: 'SG', rate: '9' } },
        triedOn: '2026-03-01',
      }),
    )
})
