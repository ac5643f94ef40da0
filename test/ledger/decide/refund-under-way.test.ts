import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { basketStateOf } from '../../../src/commands/basket-state.js'
import { priceBasket } from '../../../src/ledger/decide/basket.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { TERMS } from '../../support/decide.js'
import { cancelled, charge, FREE, ID, MARCH, NAMES, onCard, pastDue, pro, started } from '../../support/device.js'
import { recharged } from '../../support/facts.js'
import { booksOf, given, givenInFlight, NOW } from '../../support/given.js'
import { basket, plans } from '../../support/plans.js'

const ann = actor('ann')
const scheduler = actor('system:renewals', [])

/** February is paid with 7.00 by card, and all of it is being given back, in one refund or in two; or only a part is. */
const bought: readonly Fact[] = [...onCard, ...plans, recharged('ann', '900.00', 2)]
const FIRST = bought.length
const back = (amount: string, n = 1) => ({
  ...{ refund: idOf(0x30 + n), order: idOf(7), orderLeaf: 4, account: 'ann', amount, currency: 'EUR' },
  lines: [charge(amount)],
})
const asked = (amount: string, n = 1): Fact => ({
  type: 'CardRefundRequested',
  data: { ...back(amount, n), transaction: 't1' },
})
const failed = (amount: string, refundLeaf: number, n = 1): Fact => ({
  type: 'CardRefundFailed',
  data: { ...back(amount, n), refundLeaf },
})
const done = (amount: string, refundLeaf: number, n = 1): Fact => ({
  type: 'CardRefunded',
  data: { ...back(amount, n), refundLeaf, transaction: 'r1' },
})
const DAY = '2026-02-20T02:00:00.000Z'
const upgrade = basket({ subscription: idOf(5) })
const waiting: readonly (readonly Fact[])[] = [
  [asked('7.00')],
  [asked('3.00', 1), asked('4.00', 2)],
  [asked('3.00', 1), done('3.00', FIRST, 1), asked('4.00', 2)],
]
const going: readonly (readonly Fact[])[] = [
  [],
  [asked('6.99')],
  [asked('7.00'), failed('7.00', FIRST)],
  [asked('3.00', 1), asked('4.00', 2), failed('3.00', FIRST, 1)],
]

t.test(
  'while all that has paid for a plan goes back to the card, the plan is not changed; quotes say the same',
  async (t) => {
    for (const history of waiting) {
      const books = given(...bought, ...history)
      for (const change of [upgrade, basket({ plan: 'Free' }), basket({ plan: 'Basic10' })]) {
        books.when('buy', change, ann, DAY).refused(t, 'card_refund_under_way')
        books.when('start-checkout', { ...change, means: 'stored' }, ann, DAY).refused(t, 'card_refund_under_way')
        const quote = priceBasket(change, basketStateOf(change, booksOf([...bought, ...history]), DAY, TERMS), DAY)
        t.match(quote, { kind: 'refused', refusal: { code: 'card_refund_under_way' } })
      }
    }
    givenInFlight(...bought, asked('7.00'))
      .when('buy', upgrade, ann, DAY)
      .refused(t, 'card_refund_under_way')
  },
)

t.test('the refusal names the item of the cart and the order', async (t) => {
  const { decision } = given(...bought, asked('7.00')).when('buy', upgrade, ann, DAY)
  t.match(decision, { refusal: { detail: new RegExp(`${idOf(7)}.*${idOf(5)}`) } })
})

t.test('a part of it, or a refund that has failed, is in the way of nothing', async (t) => {
  for (const history of going) {
    const { decision } = given(...bought, ...history).when('buy', upgrade, ann, DAY)
    t.match(decision, { kind: 'facts', facts: [{ type: 'Purchased' }] })
  }
})

t.test('nor is one of another order, and what cost nothing is given back to nobody', async (t) => {
  const gift: Fact = {
    type: 'Purchased',
    data: { order: idOf(9), account: 'ann', amount: '0.00', currency: 'EUR', items: [pro(MARCH)], lines: [] },
  }
  for (const later of [gift, { ...gift, data: { ...gift.data, amount: '10.00' } } as Fact]) {
    const { decision } = given(...bought, later, asked('7.00')).when('buy', upgrade, ann, NOW)
    t.match(decision, { kind: 'facts' })
  }
})

const due = { account: 'ann', subscription: ID, start: '2026-03-01', asOf: '2026-03-01' }

t.test('a period is neither charged nor found unpaid meanwhile, whatever pays for it', async (t) => {
  for (const history of [...waiting, [pastDue('2026-03-08'), asked('7.00')]]) {
    for (const asOf of ['2026-03-01', '2026-03-09']) {
      given(...bought, ...history)
        .when('renew', { ...due, asOf }, scheduler)
        .refused(t, 'card_refund_under_way')
    }
  }
  for (const history of going) {
    const { decision } = given(...bought, ...history).when('renew', due, scheduler)
    t.match(decision, { kind: 'facts', facts: [{ type: 'CheckoutStarted' }] })
  }
})

t.test('what is cancelled meanwhile ends with its period all the same', async (t) => {
  const books = given(...bought, asked('7.00'))
  books.when('cancel-subscription', due, ann, DAY).then(t, cancelled)
  const back: Fact = {
    type: 'SubscriptionReverted',
    data: { ...NAMES, on: '2026-03-01', reason: 'cancelled', item: FREE },
  }
  given(...bought, asked('7.00'), cancelled)
    .when('renew', due, scheduler)
    .then(t, back)
})

t.test('a refund is not asked for while a card pays for a change', async (t) => {
  given(...bought, started({ checkout: idOf(8) }))
    .when('refund-purchase', { order: idOf(7) }, admin, DAY)
    .refused(t, 'subscription_locked')
})
