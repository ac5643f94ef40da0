import t from 'tap'
import { opened } from '../../support/facts.js'
import { startOn } from '../live-world.js'
import { bearer } from '../world.js'

const URL = '/v1/accounts/alice/customer'

t.test('what is put is replied as it was sent, also to a repeated request', async (t) => {
  const { send } = await startOn(t, [opened('alice')])
  const alice = bearer('alice')
  const address = { name: 'Alice', country: 'Singapore', postal: '222222', city: 'Älm' }
  const put = () => send(['PUT', URL], alice, address, { 'idempotency-key': 'k' })
  const first = await put()
  const { createdAt: _, modifiedAt: recordedAt, ...shown } = (await send(['GET', URL], alice)).json()
  t.match(shown, { ...address, billingAddress: '', region: '', taxCountry: 'SG' })
  t.strictSame(first.json(), { type: 'CustomerChanged', recordedAt, ...shown })
  const again = await put()
  t.strictSame([again.text, again.headers['idempotent-replayed']], [first.text, 'true'])
})
