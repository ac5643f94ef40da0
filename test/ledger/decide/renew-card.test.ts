import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { actor } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { FREE, ID, MARCH, NAMES, onCard, pastDue, pro, renewing, reverted } from '../../support/device.js'
import { frozen } from '../../support/facts.js'
import { given } from '../../support/given.js'

const scheduler = actor('system:renewals', [])
const gateway = actor('system:checkouts', [])
const ask = { account: 'ann', subscription: ID, start: '2026-03-01', asOf: '2026-03-01' }

const failed: Fact = {
  type: 'CheckoutFailed',
  data: {
    checkout: idOf(9),
    checkoutLeaf: 6,
    account: 'ann',
    purpose: 'renewal',
    amount: '10.00',
    currency: 'EUR',
    items: [pro(MARCH)],
    reason: 'declined',
  },
}
const declined = { account: 'ann', checkoutLeaf: 6, reason: 'declined' as const }

t.test('a card that is declined makes the period past due, once', async (t) => {
  given(...onCard, renewing('2026-03-01', 9))
    .when('checkout-failed', declined, gateway)
    .then(t, pastDue('2026-03-08'), failed)
  given(...onCard, renewing('2026-03-04', 9))
    .when('checkout-failed', declined, gateway)
    .then(t, pastDue('2026-03-11'), failed)
  given(...onCard, pastDue('2026-03-08'), renewing('2026-03-02', 9))
    .when('checkout-failed', { ...declined, checkoutLeaf: 7 }, gateway)
    .then(t, { ...failed, data: { ...failed.data, checkoutLeaf: 7 } } as Fact)
})

t.test('what was ended while the card was asked is not past due', async (t) => {
  for (const end of [
    reverted('2026-03-01', 'refunded'),
    { type: 'SubscriptionEnded', data: { ...NAMES, endedOn: '2026-03-01', reason: 'refunded' } } as Fact,
  ]) {
    given(...onCard, renewing('2026-03-01', 9), end)
      .when('checkout-failed', declined, gateway)
      .then(t, failed)
  }
  const bare = renewing('2026-03-01', 9)
  const items = [{ ...FREE, subscription: ID }]
  given(...onCard, { ...bare, data: { ...bare.data, items } } as Fact)
    .when('checkout-failed', declined, gateway)
    .then(t, { ...failed, data: { ...failed.data, items } } as Fact)
})

t.test('the card is tried again on the days of the schedule, a missed one once', async (t) => {
  // Past due since 1 March, and tried then.
  const once = [...onCard, renewing('2026-03-01', 9), pastDue('2026-03-08'), failed]
  const tries = (asOf: string, ...history: readonly Fact[]) =>
    given(...once, ...history).when('renew', { ...ask, asOf }, scheduler)
  tries('2026-03-01').refused(t, 'renewal_not_due')
  for (const asOf of ['2026-03-02', '2026-03-03', '2026-03-08']) tries(asOf).then(t, renewing(asOf, 0xfff))
  const again = (triedOn: string): readonly Fact[] => [
    renewing(triedOn, 10),
    { ...failed, data: { ...failed.data, checkout: idOf(10), checkoutLeaf: 9 } } as Fact,
  ]
  tries('2026-03-02', ...again('2026-03-02')).refused(t, 'renewal_not_due')
  tries('2026-03-03', ...again('2026-03-02')).refused(t, 'renewal_not_due')
  tries('2026-03-04', ...again('2026-03-02')).then(t, renewing('2026-03-04', 0xfff))
  // The tries of the 2nd and the 4th were both missed.
  tries('2026-03-05', ...again('2026-03-05')).refused(t, 'renewal_not_due')
  tries('2026-03-06', ...again('2026-03-05')).then(t, renewing('2026-03-06', 0xfff))
  tries('2026-03-08', ...again('2026-03-08')).refused(t, 'renewal_not_due')
  tries('2026-03-09', ...again('2026-03-08')).then(t, reverted('2026-03-09', 'unpaid'))
})

t.test(
  'a card that came when the period was past due already is tried with the next day of the schedule',
  async (t) => {
    const late = [
      ...onCard,
      frozen('ann'),
      pastDue('2026-03-08'),
      { type: 'AccountUnfrozen', data: { account: 'ann', reason: 'r' } } as Fact,
    ]
    given(...late)
      .when('renew', ask, scheduler)
      .refused(t, 'renewal_not_due')
    given(...late)
      .when('renew', { ...ask, asOf: '2026-03-02' }, scheduler)
      .then(t, renewing('2026-03-02', 0xfff))
  },
)
