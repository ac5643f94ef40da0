import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { catalogue } from '../../events/catalogue.js'
import { accountOf, streamOf } from '../../src/ledger/streams.js'
import { root } from '../support/root.js'

const golden = (storedType: string) =>
  JSON.parse(readFileSync(join(root, 'test/events/golden', `${storedType}.json`), 'utf8'))

/** For ever: a log that exists cannot be renamed. */
const streams: Readonly<Record<string, RegExp>> = {
  CouponsIssued: /^coupons-spring-2026$/,
  CouponRedeemed: /^coupon-spring-2026-17$/,
  InstanceProvisioned: /^instance-db-1$/,
  InstanceCredentialsFetched: /^instance-db-1$/,
  InstanceDeprovisioned: /^instance-db-1$/,
  PromocodeGranted: /^promocode-5eeca30abe5dc00806f53915$/,
  CartItemAdded: /^cart-chaizs$/,
  CartItemChanged: /^cart-chaizs$/,
  CartItemRemoved: /^cart-chaizs$/,
  CustomerChanged: /^customer-ann$/,
  PersonErased: /^customer-ann$/,
}

t.test('every fact lies in the stream that guards it', async (t) => {
  for (const { type, storedType } of catalogue) {
    const event = golden(storedType)
    const stream = streamOf({ type, data: event.data } as Fact)
    t.equal(stream, event.stream, storedType)
    const item = /Published$|^CatalogueItem/.test(type)
    t.match(stream, streams[type] ?? (item ? /^catalogue$/ : /^account-/), storedType)
  }
})

t.test('an account is told from its stream', async (t) => {
  t.equal(accountOf('account-ann'), 'ann')
  t.equal(accountOf('coupon-ann'), null)
})
