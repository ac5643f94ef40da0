import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { hexId } from '../../../src/ledger/hex-id.js'
import { MAX_SUBSCRIPTIONS } from '../../../src/ledger/state.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import {
  began,
  boughtPro,
  cancelled,
  FREE,
  freePlan,
  ID,
  NAMES,
  onFree,
  pastDue,
  reverted,
  started,
} from '../../support/device.js'
import { frozen, opened, published, recharged } from '../../support/facts.js'
import { booksOf, given, givenInFlight, NEW_ID } from '../../support/given.js'

const ann = actor('ann')
const meter = actor('shop', ['ann'], ['usage'])
const open = { account: 'ann', device: 'X1' }
const name = { personKey: idOf(9), sealed: 'c2VhbGVk' }
const retired: Fact = { type: 'CatalogueItemRetired', data: { kind: 'plan', id: 'Free', itemVersion: 1, itemLeaf: 0 } }

t.test('a subscription for a device is refused, in this order', async (t) => {
  const books = given(...onFree)
  books.when('open-subscription', { ...open, account: 'zoe' }, ann).refused(t, 'forbidden', 'request')
  books.when('open-subscription', { ...open, account: 'zoe' }, admin).refused(t, 'account_not_found')
  given(opened('ann'), began)
    .when('open-subscription', { ...open, device: 'PH80' }, ann)
    .refused(t, 'free_plan_missing')
  given(freePlan, retired, opened('ann')).when('open-subscription', open, ann).refused(t, 'free_plan_missing')
  given(published('Free', '0.01'), opened('ann')).when('open-subscription', open, ann).refused(t, 'free_plan_missing')
  const others = Array.from(
    { length: MAX_SUBSCRIPTIONS - 1 },
    (_, n): Fact => ({
      type: 'SubscriptionOpened',
      data: { subscription: idOf(0x100 + n), account: 'ann', device: `D${n}`, item: FREE },
    }),
  )
  const full = given(...onFree, ...others)
  full.when('open-subscription', { ...open, device: 'PH80' }, ann).refused(t, 'device_has_subscription')
  full.when('open-subscription', open, ann).refused(t, 'too_many_subscriptions')
  givenInFlight(...onFree)
    .when('open-subscription', { ...open, device: 'PH80' }, ann)
    .refused(t, 'device_has_subscription')
})

t.test('a name that was sealed before the person was erased is not taken', async (t) => {
  const erased: Fact = { type: 'PersonErased', data: { account: 'ann', personKey: idOf(9), erasure: 1 } }
  const books = given(...onFree, erased)
  books.when('open-subscription', { ...open, deviceName: name, erasures: 0 }, ann).refused(t, 'person_erased')
  const then = (more: object): Fact => ({
    type: 'SubscriptionOpened',
    data: { subscription: NEW_ID, ...open, item: FREE, ...more },
  })
  books.when('open-subscription', open, ann).then(t, then({}))
  books.when('open-subscription', { ...open, deviceName: name, erasures: 1 }, ann).then(t, then({ deviceName: name }))
})

t.test('a device begins on the free plan at its newest version, with its name or without', async (t) => {
  const fact = (more: object): Fact => ({
    type: 'SubscriptionOpened',
    data: { subscription: NEW_ID, ...open, item: FREE, ...more },
  })
  for (const who of [ann, actor('shop', ['ann']), admin])
    given(...onFree)
      .when('open-subscription', open, who)
      .then(t, fact({}))
  given(...onFree, frozen('ann'))
    .when('open-subscription', { ...open, deviceName: name }, ann)
    .then(t, fact({ deviceName: name }))
  const { quotas: _, ...plain } = FREE
  const newer = published('Free', '0.00', { itemVersion: 2, level: 'S' })
  given(freePlan, newer, opened('ann'))
    .when('open-subscription', open, ann)
    .then(t, fact({ item: { ...plain, planVersion: 2, level: 'S' } }))
})

const use = { account: 'ann', subscription: ID, used: { sms: '3', storage: '0.050' } }
const reported = (more: object = {}): Fact => ({
  type: 'UsageReported',
  data: { ...NAMES, on: '2026-03-01', used: { sms: '3', storage: '0.05' }, ...more },
})

t.test('usage is refused, in this order', async (t) => {
  const books = given(...onFree)
  const bad = { account: 'zoe', subscription: idOf(6) }
  books.when('report-usage', { ...bad, used: { sms: '-1' } }, ann).refused(t, 'invalid_amount', 'request')
  books.when('report-usage', { ...bad, used: { sms: 'x' } }, ann).refused(t, 'invalid_amount', 'request')
  books.when('report-usage', { ...bad, used: { sms: '0.00001' } }, ann).refused(t, 'too_many_decimals', 'request')
  books.when('report-usage', { ...bad, used: {} }, ann).refused(t, 'invalid_amount', 'request')
  books.when('report-usage', { ...bad, used: { sms: '1' } }, ann).refused(t, 'forbidden', 'request')
  books.when('report-usage', use, ann).refused(t, 'forbidden', 'request')
  books.when('report-usage', use, actor('shop', ['bob'], ['usage'])).refused(t, 'forbidden', 'request')
  books.when('report-usage', { ...bad, used: { sms: '1' } }, admin).refused(t, 'account_not_found')
  books.when('report-usage', { ...use, subscription: idOf(6) }, meter).refused(t, 'subscription_not_found')
  givenInFlight(...onFree)
    .when('report-usage', use, meter)
    .waits(t)
})

t.test('usage is reported by who measures it, also while a card is charged, and -0 is nothing', async (t) => {
  for (const who of [meter, admin])
    given(...onFree)
      .when('report-usage', use, who)
      .then(t, reported())
  given(...onFree, started())
    .when('report-usage', { ...use, reference: 'report 7' }, meter)
    .then(t, reported({ reference: 'report 7' }))
  given(...onFree)
    .when('report-usage', { ...use, used: { sms: '-0', email: '1.500' } }, meter)
    .then(t, reported({ used: { sms: '0', email: '1.5' } }))
})

t.test('a subscription is found by the id that the subscriptions API shows', async (t) => {
  const hex = hexId(booksOf(onFree).log[3]?.id ?? '')
  given(...onFree)
    .when('report-usage', { ...use, subscription: hex }, meter)
    .then(t, reported())
})

const which = { account: 'ann', subscription: ID }
const closed: Fact = { type: 'SubscriptionEnded', data: { ...NAMES, endedOn: '2026-03-01', reason: 'cancelled' } }

t.test('a device on the free plan is taken away; one that is paid for is not', async (t) => {
  const books = given(...onFree)
  books.when('close-subscription', which, actor('eve')).refused(t, 'forbidden', 'request')
  books.when('close-subscription', { ...which, account: 'zoe' }, admin).refused(t, 'account_not_found')
  books.when('close-subscription', { ...which, subscription: idOf(6) }, ann).refused(t, 'subscription_not_found')
  given(...onFree, boughtPro())
    .when('close-subscription', which, ann)
    .refused(t, 'subscription_not_free')
  given(...onFree, started())
    .when('close-subscription', which, ann)
    .refused(t, 'subscription_locked')
  for (const who of [ann, admin]) books.when('close-subscription', which, who).then(t, closed)
  given(...onFree, closed)
    .when('close-subscription', which, ann)
    .refused(t, 'subscription_not_found')
  const again: Fact = {
    type: 'SubscriptionOpened',
    data: { subscription: NEW_ID, account: 'ann', device: 'PH80', item: FREE },
  }
  given(...onFree, closed)
    .when('open-subscription', { ...open, device: 'PH80' }, ann)
    .then(t, again)
})

const scheduler = actor('system:renewals', [])
const ask = { account: 'ann', subscription: ID, start: '2026-03-01', asOf: '2026-03-01' }

t.test('what is cancelled goes back to the free plan when its period ends', async (t) => {
  given(...onFree)
    .when('cancel-subscription', which, ann)
    .refused(t, 'subscription_free')
  given(...onFree, boughtPro())
    .when('cancel-subscription', which, ann)
    .then(t, cancelled)
  given(...onFree, boughtPro(), pastDue('2026-03-08'))
    .when('cancel-subscription', which, ann)
    .then(t, cancelled)
  given(...onFree, boughtPro(), started())
    .when('cancel-subscription', which, ann)
    .refused(t, 'subscription_locked')
  const books = given(...onFree, boughtPro(), cancelled)
  books.when('cancel-subscription', which, ann).refused(t, 'subscription_cancelled')
  books.when('renew', ask, scheduler).then(t, reverted('2026-03-01', 'cancelled'))
  const sale = boughtPro()
  const chosen = { ...sale, data: { ...sale.data, items: [{ ...FREE, subscription: ID, waits: true }] } } as Fact
  given(...onFree, boughtPro(), chosen)
    .when('renew', ask, scheduler)
    .then(t, reverted('2026-03-01', 'cancelled'))
})

t.test('what is not paid in time goes back to the free plan, or ends where none was ever published', async (t) => {
  const late = { ...ask, asOf: '2026-03-09' }
  given(...onFree, boughtPro(), pastDue('2026-03-08'))
    .when('renew', late, scheduler)
    .then(t, reverted('2026-03-09', 'unpaid'))
  given(opened('ann'), recharged('ann', '9.00'), opened('bob'), began, boughtPro(), pastDue('2026-03-08'))
    .when('renew', late, scheduler)
    .then(t, { type: 'SubscriptionEnded', data: { ...NAMES, endedOn: '2026-03-09', reason: 'unpaid' } })
  given(...onFree)
    .when('renew', ask, scheduler)
    .refused(t, 'subscription_free')
})
