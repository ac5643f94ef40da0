import t from 'tap'
import type { DataOf, Fact } from '../../../events/catalogue.js'
import { sameJson } from '../../../src/ledger/decide/same-json.js'
import type { WrittenItem } from '../../../src/ledger/item.js'
import { actor, admin } from '../../support/actors.js'
import { given, givenInFlight } from '../../support/given.js'

const ann = actor('ann')

type Written<Kind extends WrittenItem['kind']> = Extract<WrittenItem, { kind: Kind }>['data']

const plan = { plan: 'pro', name: 'Pro', type: 'C', price: '30', billPeriod: 'M' }
const planItem = (changes: Partial<Written<'plan'>> = {}) => ({
  item: { kind: 'plan' as const, data: { ...plan, ...changes } },
})
const planned = (changes: Partial<DataOf<'PlanPublished'>> = {}): Fact => ({
  type: 'PlanPublished',
  data: { ...plan, itemVersion: 1, price: '30.00', currency: 'EUR', description: '', ...changes },
})
const region: Fact = { type: 'RegionPublished', data: { region: 'north', itemVersion: 1, description: 'up' } }
const retired = (kind: 'plan' | 'region', id: string, itemLeaf: number, itemVersion = 1): Fact => ({
  type: 'CatalogueItemRetired',
  data: { kind, id, itemVersion, itemLeaf },
})

t.test('publishing is refused, in this order', async (t) => {
  const books = given(planned())
  const bad = { price: '1e3', currency: 'ZZZ', quotas: { sms: 'x' }, region: 'south' }
  books.when('publish-item', planItem(bad), ann).refused(t, 'invalid_amount', 'request')
  books.when('publish-item', planItem({ ...bad, price: '-1' }), ann).refused(t, 'invalid_amount', 'request')
  books.when('publish-item', planItem({ ...bad, price: '1.001' }), ann).refused(t, 'unknown_currency', 'request')
  const euros = { ...bad, price: '1.001', currency: 'EUR' }
  books.when('publish-item', planItem(euros), ann).refused(t, 'too_many_decimals', 'request')
  books.when('publish-item', planItem({ ...euros, price: '1' }), ann).refused(t, 'invalid_amount', 'request')
  const negative = { ...euros, price: '1', quotas: { sms: '-1' } }
  books.when('publish-item', planItem(negative), ann).refused(t, 'invalid_amount', 'request')
  const fine = { ...euros, price: '1', quotas: { storage: '0.00005' } }
  books.when('publish-item', planItem(fine), ann).refused(t, 'too_many_decimals', 'request')
  const good = { price: '1', region: 'south' }
  books.when('publish-item', planItem(good), ann).refused(t, 'forbidden', 'request')
  books.when('publish-item', planItem(good), admin).refused(t, 'item_exists')
  books.when('publish-item', planItem({ ...good, plan: 'new' }), admin).refused(t, 'item_reference_unknown')
})

t.test('a first version gets the configured currency, its decimals, and blanks', async (t) => {
  given().when('publish-item', planItem(), admin).then(t, planned())
  given()
    .when('publish-item', planItem({ price: '0' }), admin)
    .then(t, planned({ price: '0.00' }))
  const yen = planItem({ currency: 'JPY', price: '40', description: 'd', level: 'S', quotas: { storage: '0.05' } })
  const asIs = planned({ currency: 'JPY', price: '40', description: 'd', level: 'S', quotas: { storage: '0.05' } })
  given().when('publish-item', yen, admin).then(t, asIs)
})

t.test('a plan is sold in a region that is published then', async (t) => {
  const there = planItem({ region: 'north' })
  given(region)
    .when('publish-item', there, admin)
    .then(t, planned({ region: 'north' }))
  givenInFlight(region)
    .when('publish-item', there, admin)
    .then(t, planned({ region: 'north' }))
  given(region, retired('region', 'north', 0))
    .when('publish-item', there, admin)
    .refused(t, 'item_reference_unknown')
  given(region, planned({ region: 'north' }), retired('region', 'north', 0))
    .when('change-item', planItem({ region: 'north', price: '31' }), admin)
    .refused(t, 'item_reference_unknown')
  given(region, planned({ region: 'north' }), retired('region', 'north', 0))
    .when('publish-item', there, admin)
    .repeats(t, 1)
})

t.test('what stands there word for word is not published again', async (t) => {
  const full = { quotas: { sms: '1', email: '2' }, description: 'd' }
  const again = planItem({ ...full, quotas: { email: '2', sms: '1' }, price: '30.0' })
  given(region, planned(full)).when('publish-item', again, admin).repeats(t, 1)
  givenInFlight(region, planned(full)).when('publish-item', again, admin).repeats(t, 1)
  const second = planned({ ...full, itemVersion: 2, itemLeaf: 0 })
  given(planned(), second).when('change-item', again, admin).repeats(t, 1)
  given(planned(), second)
    .when('change-item', { ...again, expectedVersion: 1 }, admin)
    .repeats(t, 1)
  given(planned(full))
    .when('publish-item', planItem({ ...full, quotas: { sms: '1' } }), admin)
    .refused(t, 'item_exists')
})

t.test('what was retired is published again as the next version, also word for word', async (t) => {
  const books = given(planned(), retired('plan', 'pro', 0))
  books.when('publish-item', planItem(), admin).then(t, planned({ itemVersion: 2, itemLeaf: 0 }))
  books.when('publish-item', planItem({ region: 'south' }), admin).refused(t, 'item_reference_unknown')
})

t.test('a change is refused, in this order', async (t) => {
  const books = given(planned())
  const stale = { expectedVersion: 2, ...planItem({ price: 'x', region: 'south' }) }
  books.when('change-item', stale, ann).refused(t, 'invalid_amount', 'request')
  const good = { expectedVersion: 2, ...planItem({ price: '1', region: 'south' }) }
  books.when('change-item', good, ann).refused(t, 'forbidden', 'request')
  given().when('change-item', good, admin).refused(t, 'item_not_found')
  given(planned(), retired('plan', 'pro', 0))
    .when('change-item', good, admin)
    .refused(t, 'item_retired')
  books.when('change-item', good, admin).refused(t, 'item_changed')
  books.when('change-item', { ...good, expectedVersion: 1 }, admin).refused(t, 'item_reference_unknown')
  const last = planned({ itemVersion: 1_000_000, itemLeaf: 0 })
  given(planned(), last)
    .when('change-item', planItem({ price: '1' }), admin)
    .refused(t, 'too_many_versions')
})

t.test('a change is the next version, and waits for a first one in flight', async (t) => {
  const dearer = planItem({ price: '31' })
  const second = planned({ price: '31.00', itemVersion: 2, itemLeaf: 0 })
  given(planned()).when('change-item', dearer, admin).then(t, second)
  given(planned())
    .when('change-item', { ...dearer, expectedVersion: 1 }, admin)
    .then(t, second)
  givenInFlight(planned()).when('change-item', dearer, admin).waits(t)
  const third = planned({ price: '32.00', itemVersion: 3, itemLeaf: 0 })
  givenInFlight(planned(), second)
    .when('change-item', planItem({ price: '32' }), admin)
    .then(t, third)
})

t.test('retiring is refused, in this order', async (t) => {
  const gone = { kind: 'plan' as const, id: 'pro', expectedVersion: 2 }
  given().when('retire-item', gone, ann).refused(t, 'forbidden', 'request')
  given().when('retire-item', gone, admin).refused(t, 'item_not_found')
  given(planned()).when('retire-item', gone, admin).refused(t, 'item_changed')
})

t.test('retiring names the version, happens once, and waits for a first one in flight', async (t) => {
  const gone = { kind: 'plan' as const, id: 'pro' }
  const once = retired('plan', 'pro', 0)
  given(planned()).when('retire-item', gone, admin).then(t, once)
  const second = planned({ price: '31.00', itemVersion: 2, itemLeaf: 0 })
  given(planned(), second)
    .when('retire-item', { ...gone, expectedVersion: 2 }, admin)
    .then(t, retired('plan', 'pro', 0, 2))
  given(region, planned(), retired('plan', 'pro', 1))
    .when('retire-item', gone, admin)
    .repeats(t, 2)
  givenInFlight(planned(), once).when('retire-item', gone, admin).repeats(t, 1)
  givenInFlight(planned()).when('retire-item', gone, admin).waits(t)
})

const promocode = { promocode: 'ten', name: '10 discount', type: 'percent' as const, value: '10', periods: 1 }
const promoted = (changes: Partial<Written<'promocode'>> = {}) => ({
  item: { kind: 'promocode' as const, data: { ...promocode, ...changes } },
})

t.test('a promocode is refused, in this order', async (t) => {
  const refused = (changes: Partial<Written<'promocode'>>, who = ann) =>
    given().when('publish-item', promoted(changes), who)
  refused({ value: 'x' }).refused(t, 'invalid_amount', 'request')
  refused({ value: '0' }).refused(t, 'amount_not_positive', 'request')
  refused({ value: '1.00001' }).refused(t, 'too_many_decimals', 'request')
  refused({ value: '100.0001' }).refused(t, 'invalid_promocode', 'request')
  refused({ currency: 'EUR' }).refused(t, 'invalid_promocode', 'request')
  refused({ type: 'fixed', currency: 'ZZZ', expiresAt: 'x' }).refused(t, 'unknown_currency', 'request')
  refused({ type: 'fixed', value: '1.001', expiresAt: 'x' }).refused(t, 'too_many_decimals', 'request')
  refused({ expiresAt: '2026-02-30T00:00:00.000Z', plans: ['pro'] }).refused(t, 'invalid_expiry', 'request')
  refused({ plans: ['pro'] }).refused(t, 'forbidden', 'request')
  refused({ plans: ['pro'] }, admin).refused(t, 'item_reference_unknown')
})

t.test('a promocode is a percentage, or an amount in a currency', async (t) => {
  const published = (changes: Partial<DataOf<'PromocodePublished'>>): Fact => ({
    type: 'PromocodePublished',
    data: { ...promocode, itemVersion: 1, ...changes },
  })
  given()
    .when('publish-item', promoted({ value: '100' }), admin)
    .then(t, published({ value: '100' }))
  given()
    .when('publish-item', promoted({ type: 'fixed' }), admin)
    .then(t, published({ type: 'fixed', value: '10.00', currency: 'EUR' }))
  const limited = { expiresAt: '2020-01-01T00:00:00.000Z', plans: ['pro'], grants: 5, remark: 'r' }
  given(planned()).when('publish-item', promoted(limited), admin).then(t, published(limited))
})

t.test('regions, add-ons, repositories, their items and services are published alike', async (t) => {
  const add = (item: WrittenItem) => given(repo).when('publish-item', { item }, admin)
  const repo: Fact = {
    type: 'RepoPublished',
    data: { repo: 'maps', itemVersion: 1, class: 'c', label: 'l', description: '', owner: '', imageUrl: '' },
  }
  add({ kind: 'region', data: { region: 'north', description: 'up' } }).then(t, region)
  const addon = { addon: 'more', name: 'More', price: '1.5', quotas: { sms: '10' } }
  add({ kind: 'addon', data: addon }).then(t, {
    type: 'AddonPublished',
    data: { ...addon, itemVersion: 1, price: '1.50', currency: 'EUR' },
  })
  add({ kind: 'addon', data: { ...addon, price: 'x' } }).refused(t, 'invalid_amount', 'request')
  add({ kind: 'addon', data: { ...addon, quotas: { sms: 'x' } } }).refused(t, 'invalid_amount', 'request')
  given()
    .when('publish-item', { item: { kind: 'repo', data: { repo: 'maps', class: 'c', label: 'l' } } }, admin)
    .then(t, repo)
  const item = { repo: 'maps', item: 'roads', url: 'u' }
  add({ kind: 'repo-item', data: item }).then(t, {
    type: 'RepoItemPublished',
    data: { ...item, itemVersion: 1, owner: '', attributes: [] },
  })
  const attribute = { name: 'a', order: 1 }
  add({ kind: 'repo-item', data: { ...item, owner: 'o', attributes: [attribute] } }).then(t, {
    type: 'RepoItemPublished',
    data: { ...item, itemVersion: 1, owner: 'o', attributes: [{ ...attribute, comment: '', example: '' }] },
  })
  add({ kind: 'repo-item', data: { ...item, repo: 'none' } }).refused(t, 'item_reference_unknown')
  const service = { service: 'db', class: 'c', provider: 'p', name: 'n', description: 'd', imageUrl: 'i' }
  add({ kind: 'service', data: service }).then(t, { type: 'ServicePublished', data: { ...service, itemVersion: 1 } })
  const { description: _, imageUrl: __, ...bare } = service
  add({ kind: 'service', data: bare }).then(t, {
    type: 'ServicePublished',
    data: { ...bare, itemVersion: 1, description: '', imageUrl: '' },
  })
})

t.test('values are the same in whatever order their members lie', async (t) => {
  const same: readonly (readonly [unknown, unknown])[] = [
    [1, 1],
    [
      { a: 1, b: [{ c: null }] },
      { b: [{ c: null }], a: 1 },
    ],
  ]
  const other: readonly (readonly [unknown, unknown])[] = [
    ['1', 1],
    [null, {}],
    [{}, null],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [[], {}],
    [
      [1, 2],
      [2, 1],
    ],
  ]
  for (const [a, b] of same) t.ok(sameJson(a, b))
  for (const [a, b] of other) t.notOk(sameJson(a, b), JSON.stringify([a, b]))
})
