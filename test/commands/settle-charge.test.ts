import t from 'tap'
import type { Commands, Outcome } from '../../src/commands/port.js'
import { endOf, failCheckout, settleCharge } from '../../src/commands/settle-charge.js'
import type { GatewayCharge } from '../../src/gateway/port.js'
import { ending, freshTill } from '../support/charging.js'
import { decode } from '../support/loop.js'
import { mac, refused } from '../support/renewals.js'

const charge: GatewayCharge = {
  transaction: 't',
  amount: '20.00',
  currency: 'EUR',
  state: 'pending',
  card: null,
  refundIds: [],
}

const nobody = { locateCard: () => null, locateReplacedCard: () => null, locateCustomer: () => null }

const answering = (outcome: Outcome, locateCheckout: Commands['locateCheckout']) => ({
  commands: { execute: async () => outcome, locateCheckout, ...nobody },
  store: { readStream: async () => [] },
  decode,
  secrets: { put: async () => undefined, destroy: async () => undefined },
  mac,
})

t.test('whoever has written the end of a checkout, the same key finds it', async (t) => {
  const { pay, about, process, secrets, gateway, settle } = freshTill(t)
  const settling = { commands: process.loop, store: process.store, decode, secrets, mac }
  gateway.plan('sale', 'lost reply')
  t.equal(await ending(pay(2)), 'checkout_in_doubt')
  t.equal(await endOf(settling, await about(2)), null)
  t.same([...(await settle(2)), ...(await settle(2))], ['paid', 'paid'])
  t.match(await endOf(settling, await about(2)), { kind: 'paid', done: { replayed: true } })
  gateway.plan('sale', 'declined')
  await pay(3)
  t.match(await endOf(settling, await about(3)), { kind: 'failed', why: { reason: 'declined' } })
})

t.test('what cannot be is said, and gives no money back', async (t) => {
  const { pay, about, start, process } = freshTill(t)
  await pay(2)
  const checkout = await about(2)
  const paid = () => process.loop.locateCheckout(checkout.started.checkout)
  const shut: Outcome = {
    kind: 'refused',
    refusal: { code: 'checkout_not_open', detail: 'X.', onRequest: false },
  }
  const notUnderKey = { message: /is not under its key/ }
  await t.rejects(settleCharge(answering(shut, paid), checkout, charge), notUnderKey, 'paid without the key')
  await t.rejects(endOf(answering(shut, paid), checkout), notUnderKey)
  await t.rejects(
    failCheckout(
      answering(shut, () => null),
      checkout,
      { reason: 'not_found' },
    ),
    {
      message: /is open and is not/,
    },
  )
  await t.rejects(
    settleCharge(
      answering(shut, () => null),
      checkout,
      charge,
    ),
    { message: /is open and is not/ },
  )
  await t.rejects(settleCharge(answering(refused, paid), checkout, charge), { message: /refused: renewal_not_due/ })
  await t.rejects(settleCharge(answering({ kind: 'key-reused' }, paid), checkout, charge), {
    message: /refused: key-reused/,
  })
  const wrong = answering(await start(2)(), paid)
  await t.rejects(failCheckout(wrong, checkout, { reason: 'declined' }), { message: /is no end/ })
  await t.rejects(settleCharge(wrong, checkout, charge), { message: /is no end/ })
})
