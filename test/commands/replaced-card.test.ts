import t from 'tap'
import { cardName } from '../../src/commands/settle-charge.js'
import { type SecretStore, SecretsUnreachable } from '../../src/secrets/port.js'
import { begin, charge, eventsOf, groundOf, openDesk, SETTLE_AFTER } from '../support/asking.js'
import { freshTill, openTill, purchase } from '../support/charging.js'

/** As if the process were killed before anything is destroyed. */
const cutOff = (secrets: SecretStore): SecretStore => ({
  ...secrets,
  destroy: () => Promise.reject(new SecretsUnreachable('away')),
})

t.test('a card whose destruction was cut off is destroyed when its successor is asked about', async (t) => {
  const ground = await groundOf(t)
  const { secrets } = ground
  const killed = openDesk(ground, { asking: { secrets: cutOff(secrets) } })
  for (const n of [2, 3]) {
    await begin(ground, n)
    await charge(ground, n)
  }
  ground.around.now += SETTLE_AFTER
  t.equal(await killed.came(), '2 paid')
  t.equal(await killed.came(), '2 unanswered', 'it is tried again until it is destroyed')
  killed.process.kill()
  const paid = (await eventsOf(ground)).flatMap(({ type, data }) => (type === 'CheckoutPaid' ? [data.card ?? ''] : []))
  const kept = () => Promise.all(paid.map(async (card) => (await secrets.get(cardName(card))) !== null))
  t.same(await kept(), [true, true])
  const next = openDesk(ground)
  t.teardown(() => next.process.kill())
  t.equal(await next.came(), '2 pending')
  t.same(await kept(), [false, true])
})

t.test('whoever writes the next card destroys both before it', async (t) => {
  const ground = freshTill(t)
  const { secrets, process, pay } = ground
  const killed = openTill(ground, { charging: { secrets: cutOff(secrets) } })
  t.teardown(() => killed.process.kill())
  const cards: string[] = []
  for (const [n, till] of [
    [2, ground],
    [3, killed],
  ] as const) {
    t.equal((await till.pay(n, purchase('9.00'))).kind, 'paid')
    await process.loop.catchUp()
    cards.push(process.loop.locateCard('ann') ?? '')
  }
  const kept = () => Promise.all(cards.map(async (card) => (await secrets.get(cardName(card))) !== null))
  t.same(await kept(), [true, true])
  await pay(4, purchase('9.00'))
  cards.push(process.loop.locateCard('ann') ?? '')
  t.same(await kept(), [false, false, true])
})
