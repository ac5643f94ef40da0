import t from 'tap'
import type { Fact } from '../../../events/catalogue.js'
import { actor, admin } from '../../support/actors.js'
import { frozen, granted, opened, promocode } from '../../support/facts.js'
import { given, givenInFlight, NEW_ID, NOW } from '../../support/given.js'

const NEW = 0xfff
const SOON = '2026-03-01T12:00:00.001Z'
const asking = { promocode: 'few', account: 'ann' }
const few = promocode('few', { grants: 1, expiresAt: SOON })
const retired: Fact = {
  type: 'CatalogueItemRetired',
  data: { kind: 'promocode', id: 'few', itemVersion: 1, itemLeaf: 0 },
}

t.test('granting a promocode is refused, in this order', async (t) => {
  const toAnn = granted(few, 'ann', 1, 1)
  given(few, retired, opened('ann'), toAnn)
    .when('grant-promocode', asking, actor('ann'), SOON)
    .refused(t, 'forbidden', 'request')
  given(opened('ann')).when('grant-promocode', asking, admin, SOON).refused(t, 'item_not_found')
  given(few, retired, toAnn).when('grant-promocode', asking, admin, SOON).refused(t, 'item_retired')
  given(few, toAnn).when('grant-promocode', asking, admin, SOON).refused(t, 'promocode_expired')
  given(few, toAnn).when('grant-promocode', asking, admin).refused(t, 'account_not_found')
  given(few, opened('ann'), toAnn).when('grant-promocode', asking, admin).refused(t, 'promocode_granted')
  const books = given(few, opened('ann'), opened('bob'), toAnn)
  books.when('grant-promocode', { ...asking, account: 'bob' }, admin).refused(t, 'promocode_exhausted')
})

t.test('a grant holds the terms of the newest version, word for word', async (t) => {
  given(few, opened('ann'))
    .when('grant-promocode', asking, admin)
    .then(t, granted(few, 'ann', 1, NEW))
  const type = 'fixed' as const
  const terms = { type, value: '5.00', currency: 'EUR', periods: 3, plans: ['basic'], remark: 'r' }
  const newest = promocode('few', { ...terms, itemVersion: 2, itemLeaf: 0, grants: 2 })
  const books = given(few, opened('ann'), opened('bob'), granted(few, 'ann', 1, 1), newest)
  books.when('grant-promocode', { ...asking, account: 'bob' }, admin).then(t, {
    type: 'PromocodeGranted',
    data: {
      grant: NEW_ID,
      promocode: 'few',
      name: '10 discount',
      ...terms,
      promocodeVersion: 2,
      number: 2,
      account: 'bob',
    },
  })
})

t.test('a promocode without a number of grants goes to any number, also to a frozen account', async (t) => {
  const any = promocode('any')
  const others = ['bob', 'eve'].flatMap((name, n) => [opened(name), granted(any, name, n + 1, n)])
  given(any, ...others, opened('ann'), frozen('ann'))
    .when('grant-promocode', { promocode: 'any', account: 'ann' }, admin)
    .then(t, granted(any, 'ann', 3, NEW))
})

t.test(
  'what was granted before its retirement counts when it is published again, and fewer grants end them',
  async (t) => {
    const again = promocode('few', { itemVersion: 2, itemLeaf: 0, grants: 2 })
    const before = [few, opened('ann'), opened('bob'), granted(few, 'ann', 1, 1), retired]
    given(...before, again)
      .when('grant-promocode', { ...asking, account: 'bob' }, admin)
      .then(t, granted(again, 'bob', 2, NEW))
    const less = promocode('few', { itemVersion: 3, itemLeaf: 0, grants: 1 })
    given(...before, again, less)
      .when('grant-promocode', { ...asking, account: 'bob' }, admin)
      .refused(t, 'promocode_exhausted')
  },
)

t.test('a grant in flight is one', async (t) => {
  const books = givenInFlight(few, opened('ann'), opened('bob'), granted(few, 'ann', 1, 1))
  books.when('grant-promocode', asking, admin).refused(t, 'promocode_granted')
  books.when('grant-promocode', { ...asking, account: 'bob' }, admin, NOW).refused(t, 'promocode_exhausted')
})
