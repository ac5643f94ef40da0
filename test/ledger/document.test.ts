import t from 'tap'
import type { DataOf } from '../../events/catalogue.js'
import { changes } from '../../src/ledger/changes.js'
import { hexId } from '../../src/ledger/hex-id.js'
import { eventIdOf, idOf } from '../support/books.js'
import { added, changed, removed } from '../support/cart-facts.js'
import { line, opened, purchased, recharged, renewed } from '../support/facts.js'
import { booksOf, NOW } from '../support/given.js'

const plan = (itemVersion: number, price: string): DataOf<'PlanPublished'> => ({
  plan: 'basic',
  itemVersion,
  ...(itemVersion > 1 && { itemLeaf: 0 }),
  name: 'Basic',
  type: 'C',
  price,
  currency: 'EUR',
  billPeriod: 'M',
  description: '',
})
const issued = {
  batch: 'spring',
  amount: '5.00',
  currency: 'EUR',
  expiresAt: NOW,
  coupons: [1, 2].map((n) => ({ serial: `spring-${n}`, codeHash: String(n).repeat(43) })),
}
const redeemed = { transfer: idOf(1), serial: 'spring-2', codeHash: '2'.repeat(43), batch: 'spring', account: 'ann' }
const instance = { instance: 'db-1', owner: 'ann' }
const bought = { type: 'Purchased', data: purchased('ann', '10.00', 7) } as const

t.test('an item of the catalogue is its newest version, until it is retired', async (t) => {
  const books = booksOf([{ type: 'PlanPublished', data: plan(1, '10.00') }])
  t.match(books.document('plan', 'basic'), { leaf: 0, retired: false, data: { itemVersion: 1, price: '10.00' } })
  books.append({ type: 'PlanPublished', data: plan(2, '12.00') }, NOW)
  t.match(books.document('plan', 'basic'), { leaf: 0, retired: false, data: { itemVersion: 2, price: '12.00' } })
  books.append({ type: 'CatalogueItemRetired', data: { kind: 'plan', id: 'basic', itemVersion: 2, itemLeaf: 0 } }, NOW)
  t.match(books.document('plan', 'basic'), { leaf: 0, retired: true, data: { itemVersion: 2 } })
  books.append({ type: 'PlanPublished', data: plan(3, '12.00') }, NOW)
  t.match(books.document('plan', 'basic'), { leaf: 0, retired: false, data: { itemVersion: 3 } })
  t.equal(books.document('addon', 'basic'), undefined, 'an id belongs to its kind')
})

t.test('an item of a repository goes by both ids', async (t) => {
  const item = { repo: 'maps', item: 'roads', itemVersion: 1, url: '', owner: '', attributes: [] }
  const books = booksOf([{ type: 'RepoItemPublished', data: item }])
  t.match(books.document('repo-item', 'maps/roads'), { data: item })
})

t.test('coupons are known one by one, each until it is redeemed', async (t) => {
  const books = booksOf([opened('ann'), { type: 'CouponsIssued', data: issued }])
  books.append({ type: 'CouponRedeemed', data: { ...redeemed, amount: '5.00', currency: 'EUR' } }, NOW)
  t.match(books.document('batch', 'spring'), { batch: 'spring' })
  t.match(books.document('coupon', 'spring-1'), { amount: '5.00', codeHash: '1'.repeat(43), redeemed: false })
  t.match(books.document('coupon', 'spring-2'), { batch: 'spring', redeemed: true })
  t.equal(books.account('ann')?.incoming, 500n)
})

t.test('an instance is there until it is gone; who looks at it changes nothing', async (t) => {
  const provisioned = { ...instance, service: 'db', serviceVersion: 1, credentials: idOf(1) }
  const books = booksOf([{ type: 'InstanceProvisioned', data: provisioned }])
  books.append({ type: 'InstanceCredentialsFetched', data: instance }, NOW)
  t.match(books.document('instance', 'db-1'), { owner: 'ann', credentials: idOf(1), gone: false })
  books.append({ type: 'InstanceDeprovisioned', data: { ...instance, credentials: idOf(1) } }, NOW)
  t.match(books.document('instance', 'db-1'), { gone: true })
})

t.test('a purchase and a renewal are found by id and by number, with what was given back of them', async (t) => {
  const books = booksOf([opened('ann'), recharged('ann', '100.00'), bought, renewed('ann', '10.00', [7, 2], 8)])
  const back = { refund: idOf(9), order: idOf(8), orderLeaf: 3, account: 'ann', currency: 'EUR' }
  for (const amount of ['4.00', '0.50']) {
    books.append({ type: 'PurchaseRefunded', data: { ...back, amount, lines: [line('charge', amount)] } }, NOW)
  }
  t.match(books.purchase(idOf(7)), { leaf: 2, amount: '10.00', refunded: '0.00' })
  t.match(books.purchase('3'), { id: idOf(8), refunded: '4.50' })
})

t.test('a cart holds what was put in, as it is wanted now, and not what left it', async (t) => {
  const books = booksOf([opened('ann'), added('ann', [1, 7]), added('ann', [2, 8], { addons: ['more'] })])
  books.append(changed(1, 'ann', [1, 9], { plan: 'pro', promocode: 'ten' }), NOW)
  const item = { createdAt: NOW, addons: [], promocode: null, plan: 'basic' }
  const first = { ...item, id: idOf(1), hex: hexId(eventIdOf(1)), leaf: 1, subscription: idOf(9), plan: 'pro' }
  const second = { ...item, id: idOf(2), hex: hexId(eventIdOf(2)), leaf: 2, subscription: idOf(8), addons: ['more'] }
  t.strictSame(books.document('cart', 'ann'), { kind: 'cart', items: [{ ...first, promocode: 'ten' }, second] })
  books.append(removed('ann', [1, 1]), NOW)
  t.strictSame(books.document('cart', 'ann')?.items, [second])
  books.append(changed(1, 'ann', [1, 9]), NOW)
  t.strictSame(books.document('cart', 'ann')?.items, [second], 'what left does not come back')
})

t.test('items that were bought leave the cart', async (t) => {
  const books = booksOf([opened('ann'), ...[1, 2, 3, 4].map((n) => added('ann', [n, n]))])
  const left = () => books.document('cart', 'ann')?.items.map(({ id }) => id)
  const sold = purchased('ann', '0.00', 7)
  books.append({ type: 'Purchased', data: sold }, NOW)
  t.equal(left()?.length, 4)
  books.append({ type: 'Purchased', data: { ...sold, cart: [1, 3, 9].map(idOf) } }, NOW)
  t.strictSame(left(), [2, 4].map(idOf))
  const { order: checkout, ...rest } = sold
  const paid = { ...rest, checkout, checkoutLeaf: 1, purpose: 'purchase', transaction: 't', cart: [idOf(4)] } as const
  books.append({ type: 'CheckoutPaid', data: { ...paid, cart: [...paid.cart] } }, NOW)
  t.strictSame(left(), [2].map(idOf))
})

t.test('a customer is where he is taxed, which outlives his address, and how often he was erased', async (t) => {
  const address = { personKey: idOf(1), sealed: 'c2VhbGVk' }
  const books = booksOf([{ type: 'CustomerChanged', data: { account: 'ann', address, taxCountry: 'SG' } }])
  t.match(books.document('customer', 'ann'), { account: 'ann', erasures: 0, taxCountry: 'SG' })
  books.append({ type: 'PersonErased', data: { account: 'ann', personKey: idOf(1), erasure: 1 } }, NOW)
  t.match(books.document('customer', 'ann'), { erasures: 1, taxCountry: 'SG' })
  books.append({ type: 'CustomerChanged', data: { account: 'ann', address } }, NOW)
  t.match(books.document('customer', 'ann'), { erasures: 1, taxCountry: null })
})

t.test('an event that names what is not there changes nothing', async (t) => {
  const data = { kind: 'plan', id: 'x', itemVersion: 1, itemLeaf: 0 } as const
  const place = { id: idOf(1), revision: 0, metadata: { recordedAt: NOW } }
  const [change] = changes({ type: 'CatalogueItemRetired', data, ...place }, 1)
  t.equal(change?.apply(undefined), undefined)
  const batch = { kind: 'batch', batch: 'spring' } as const
  t.equal(change?.apply(batch), batch)
})
