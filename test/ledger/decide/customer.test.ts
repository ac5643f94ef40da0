import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { personKeyOf } from '../../../src/commands/person-key.js'
import { actor, admin } from '../../support/actors.js'
import { frozen, opened } from '../../support/facts.js'
import { given, givenInFlight } from '../../support/given.js'

const ann = actor('ann')
const addressOf = (erasures: number) => ({ personKey: personKeyOf('ann', erasures), sealed: 'c2VhbGVk' })
const change = { account: 'ann', address: addressOf(0), erasures: 0 }
const changed = (erasures: number, taxCountry?: string): Fact => ({
  type: 'CustomerChanged',
  data: { account: 'ann', address: addressOf(erasures), ...(taxCountry !== undefined && { taxCountry }) },
})
const erased = (erasure: number): Fact => ({
  type: 'PersonErased',
  data: { account: 'ann', personKey: personKeyOf('ann', erasure - 1), erasure },
})

t.test('an address is refused, in this order', async (t) => {
  given().when('change-customer', change, actor('eve')).refused(t, 'forbidden', 'request')
  given(erased(1)).when('change-customer', change, ann).refused(t, 'account_not_found', 'state')
  for (const books of [given, givenInFlight]) {
    books(opened('ann'), erased(1)).when('change-customer', change, ann).refused(t, 'person_erased', 'state')
  }
})

t.test(
  'the owner, who acts for him and an admin say where he lives, as often as they like, frozen or not',
  async (t) => {
    for (const who of [ann, actor('shop', ['ann']), admin]) {
      const books = given(opened('ann'), frozen('ann'), changed(0, 'SG'))
      books.when('change-customer', change, who).then(t, changed(0))
      books.when('change-customer', { ...change, taxCountry: 'SG' }, who).then(t, changed(0, 'SG'))
    }
  },
)

t.test('after an erasure an address is under another key, also where the erasure is not known here yet', async (t) => {
  const next = { ...change, address: addressOf(1), erasures: 1 }
  given(opened('ann'), changed(0), erased(1)).when('change-customer', next, ann).then(t, changed(1))
  given(opened('ann'), changed(0)).when('change-customer', next, ann).then(t, changed(1))
})

t.test('only an admin erases, and only who has an account', async (t) => {
  given(opened('ann')).when('erase-person', { account: 'ann' }, ann).refused(t, 'forbidden', 'request')
  given().when('erase-person', { account: 'ann' }, admin).refused(t, 'account_not_found', 'state')
})

t.test('each erasure names the key in use, even when nothing is known to be under it', async (t) => {
  const erase = (...facts: readonly Fact[]) => given(...facts).when('erase-person', { account: 'ann' }, admin)
  erase(opened('ann')).then(t, erased(1))
  erase(opened('ann'), changed(0)).then(t, erased(1))
  erase(opened('ann'), changed(0), erased(1)).then(t, erased(2))
  erase(opened('ann'), changed(0), erased(1), changed(1), erased(2)).then(t, erased(3))
  givenInFlight(opened('ann'), erased(1)).when('erase-person', { account: 'ann' }, admin).then(t, erased(2))
})
