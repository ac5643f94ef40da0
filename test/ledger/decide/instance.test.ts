import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { actor, admin } from '../../support/actors.js'
import { idOf } from '../../support/books.js'
import { deprovisioned, fetched, opened, provisioned, serviced } from '../../support/facts.js'
import { given, givenInFlight } from '../../support/given.js'

const ann = actor('ann')
const eve = actor('eve')
const provision = { instance: 'i-1', service: 'db', owner: 'ann', credentials: idOf(7) }
const retired: Fact = {
  type: 'CatalogueItemRetired',
  data: { kind: 'service', id: 'db', itemVersion: 1, itemLeaf: 0 },
}
const running = [serviced('db'), opened('ann'), provisioned('i-1', 'ann', 7)]
const gone = [...running, deprovisioned('i-1', 'ann', 7)]

t.test('provisioning is refused, in this order', async (t) => {
  given(...running)
    .when('provision', provision, ann)
    .refused(t, 'forbidden', 'request')
  given(retired, provisioned('i-1', 'ann', 7))
    .when('provision', provision, admin)
    .refused(t, 'instance_exists')
  given().when('provision', provision, admin).refused(t, 'item_not_found')
  given(serviced('db'), retired).when('provision', provision, admin).refused(t, 'item_retired')
  given(serviced('db')).when('provision', provision, admin).refused(t, 'account_not_found')
})

t.test('an id is never given again', async (t) => {
  given(...gone)
    .when('provision', { ...provision, owner: 'bob' }, admin)
    .refused(t, 'instance_exists')
  givenInFlight(...running)
    .when('provision', provision, admin)
    .refused(t, 'instance_exists')
})

t.test('an admin provisions an instance of the newest version of a service', async (t) => {
  const books = given(serviced('db'), serviced('db', 2), opened('ann'))
  const data = { instance: 'i-1', service: 'db', serviceVersion: 2, owner: 'ann', credentials: idOf(7) }
  books.when('provision', provision, admin).then(t, { type: 'InstanceProvisioned', data })
})

t.test('to others than the owner there is no instance, and when it is gone to nobody', async (t) => {
  const fetch = { instance: 'i-1' }
  given().when('fetch-credentials', fetch, admin).refused(t, 'instance_not_found')
  given(...running)
    .when('fetch-credentials', fetch, eve)
    .refused(t, 'instance_not_found')
  given(...gone)
    .when('fetch-credentials', fetch, eve)
    .refused(t, 'instance_not_found')
  given(...gone)
    .when('fetch-credentials', fetch, ann)
    .refused(t, 'instance_not_found')
  given(...gone)
    .when('fetch-credentials', fetch, admin)
    .refused(t, 'instance_not_found')
})

t.test('the owner, who acts for him and an admin fetch the credentials, as often as they like', async (t) => {
  for (const who of [ann, actor('shop', ['ann']), admin]) {
    const books = given(...running, fetched('i-1', 'ann'))
    books.when('fetch-credentials', { instance: 'i-1' }, who).then(t, fetched('i-1', 'ann'))
  }
})

t.test('deprovisioning is refused, in this order', async (t) => {
  given(...gone)
    .when('deprovision', { instance: 'i-1' }, ann)
    .refused(t, 'forbidden', 'request')
  given().when('deprovision', { instance: 'i-1' }, admin).refused(t, 'instance_not_found')
  given(...gone)
    .when('deprovision', { instance: 'i-1' }, admin)
    .refused(t, 'instance_gone')
})

t.test('an admin deprovisions an instance, with a reason or without', async (t) => {
  const books = given(...running)
  books.when('deprovision', { instance: 'i-1' }, admin).then(t, deprovisioned('i-1', 'ann', 7))
  const because = { instance: 'i-1', reason: 'unpaid' }
  books.when('deprovision', because, admin).then(t, deprovisioned('i-1', 'ann', 7, 'unpaid'))
})
