import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { inAccount } from '../../src/ledger/facts.js'
import { touches } from '../../src/ledger/touches.js'
import { idOf } from '../support/books.js'
import { authorized, decided, frozen, of, opened, recharged, refunding, traded } from '../support/facts.js'
import { NOW } from '../support/given.js'

const pair = ['ann', 'bob'] as const
const order = of(7, 3, pair)
const part: Fact = { type: 'TradeCaptured', data: { ...order, amount: '1.00', released: '0.50' } }
const back = { transfer: idOf(2), recharge: idOf(1), rechargeLeaf: 2, account: 'ann', currency: 'EUR', method: 'bank' }
const reversed: Fact = { type: 'RechargeReversed', data: { ...back, amount: '1.00' } }

const none = { credited: null, order: null, refund: null, recharge: null }

t.test('an event touches its owner, whom it credits, and what it opens or continues', async (t) => {
  const rows: readonly (readonly [Fact, object])[] = [
    [opened('ann'), { ...none, owner: 'ann' }],
    [frozen('ann'), { ...none, owner: 'ann' }],
    [recharged('ann', '1.00'), { ...none, owner: 'ann', recharge: 9 }],
    [reversed, { ...none, owner: 'ann', recharge: 2 }],
    [traded(pair, '1.00', 7), { ...none, owner: 'ann', credited: 'bob', order: 9 }],
    [authorized(pair, '1.00', 7, NOW), { ...none, owner: 'ann', order: 9 }],
    [part, { ...none, owner: 'ann', credited: 'bob', order: 3 }],
    [refunding(8, order, '1.00'), { ...none, owner: 'bob', order: 3, refund: 9 }],
    [decided('RefundApproved', [8, 4], order, '1.00'), { ...none, owner: 'bob', credited: 'ann', order: 3, refund: 4 }],
    [decided('RefundRejected', [8, 4], order, '1.00'), { ...none, owner: 'bob', order: 3, refund: 4 }],
  ]
  for (const [fact, touched] of rows) t.strictSame(inAccount(fact) && { ...touches(fact, 9) }, touched, fact.type)
})
