import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { actor } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { FREE, ID, LEAF, NAMES } from '../../support/device.js'
import { given } from '../../support/given.js'
import { basket, JUNE_19, juneFrom, lineOf, on, purchase, rich, runs } from '../../support/plans.js'

const ann = actor('ann')
const july = { ...juneFrom(19), start: '2020-07-01', end: '2020-08-01' }

/** June is paid, and July was charged ahead, on the 19th of June or before it. */
const renewed: Fact = {
  type: 'SubscriptionRenewed',
  data: {
    ...{ order: idOf(0x41), ...NAMES, amount: '30.00', currency: 'EUR' },
    ...{
      items: [on('Pro30', '30.00', { period: july, charged: '30.00' })],
      lines: [lineOf('Pro30', 'charge', '30.00')],
    },
  },
}
const ahead: readonly Fact[] = [...rich, runs('Pro30', '30.00'), renewed]

t.test('what would run at once is not sold while only a period to come is known', async (t) => {
  const due: Fact = {
    type: 'SubscriptionPastDue',
    data: { ...NAMES, amount: '30.00', currency: 'EUR', due: '2020-07-01', until: '2020-07-08' },
  }
  for (const history of [ahead, [...rich, runs('Pro30', '30.00'), due]]) {
    for (const change of [basket({}), basket({ plan: 'Pro30', addons: ['more'] }), basket({ plan: 'Yearly' })]) {
      const books = given(...history)
      books.when('buy', change, ann, JUNE_19).refused(t, 'paid_ahead')
      books.when('start-checkout', { ...change, means: 'nonce' }, ann, JUNE_19).refused(t, 'paid_ahead')
    }
    const { decision } = given(...history).when('buy', basket({}), ann, '2020-06-30T16:00:00.000Z')
    t.match(decision, { kind: 'facts', facts: [{ data: { items: [{ period: july }] } }] })
  }
})

t.test('what waits may be asked for, and what is due ahead of its day may be paid so', async (t) => {
  for (const [plan, price] of [
    ['Basic10', '10.00'],
    ['Free', '0.00'],
  ] as const) {
    const item = plan === 'Free' ? { ...FREE, subscription: ID, subscriptionLeaf: LEAF } : on(plan, price)
    given(...ahead)
      .when('buy', basket({ plan }), ann, JUNE_19)
      .then(t, purchase('0.00', [{ ...item, waits: true }], []))
  }
  const due: Fact = {
    type: 'SubscriptionPastDue',
    data: { ...NAMES, amount: '30.00', currency: 'EUR', due: '2020-07-01', until: '2020-07-08' },
  }
  const { decision } = given(...rich, runs('Pro30', '30.00'), due).when('buy', basket({ plan: 'Pro30' }), ann, JUNE_19)
  t.match(decision, { facts: [{ data: { amount: '30.00', items: [{ period: july }] } }] })
})
