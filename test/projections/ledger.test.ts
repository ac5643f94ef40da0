import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { catalogue } from '../../events/catalogue.js'
import { Cache } from '../../src/follower/cache.js'
import { encodeDocuments, encodeRows, fold, load } from '../../src/follower/fold.js'
import type { Projection } from '../../src/follower/projection.js'
import { inAccount } from '../../src/ledger/facts.js'
import { type BalanceDocument, type EntryRow, ledger as known } from '../../src/projections/ledger.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import { Script, uuid } from '../contract/events.js'
import { line, purchased, renewed } from '../support/facts.js'

const ledger: Projection<BalanceDocument, EntryRow> = known

const usd = (amount: string) => ({ amount, currency: 'USD' })
const open = (owner: string, creditLimit = '0.00'): Fact => ({
  type: 'AccountOpened',
  data: { owner, currency: 'USD', creditLimit },
})
const parties = { buyer: 'ann', seller: 'bob' }
const id = uuid(99)

/** The views after a script: documents by name, entries by `<number> <name>`. */
const project = async (script: Script) => {
  const build = await createMemoryViewStore().createBuild({ ...ledger, projection: 'ledger' })
  const loaded = await load(ledger, { build, documents: new Cache(10), row: () => undefined }, script.events)
  const folded = fold(ledger, loaded, {})
  const rows = encodeRows(ledger, folded.rows)
  const documents = encodeDocuments(ledger, folded.documents)
  return {
    documents: Object.fromEntries(documents.map(({ key, body }) => [key, ledger.document.decode(body)])),
    rows: Object.fromEntries(rows.map(({ key, leaf, body }) => [`${leaf} ${key}`, ledger.rowBody.decode(body)])),
    bodies: { documents, rows },
  }
}

const start = (): Script => {
  const script = new Script()
  script.add('ann', open('ann', '5.00'))
  script.add('bob', open('bob'))
  return script
}

const balance = (document: BalanceDocument | undefined) => [document?.actual, document?.held]
const shape = (row: EntryRow | undefined) =>
  row && [row.kind, row.side, row.amount, row.counterparty, row.actualAfter, row.heldAfter]

t.test('every event that touches an account is handled', async (t) => {
  const events = catalogue.map(({ type }) => ({ type, data: {} }) as Fact)
  const touching = events.filter((event) => inAccount(event) || event.type === 'CouponRedeemed')
  t.same([...ledger.handles].sort(), [...new Set(touching.map(({ type }) => type))].sort())
})

t.test('an account begins with its currency and limit, and has not moved', async (t) => {
  const { documents, rows } = await project(start())
  t.same(documents.ann, {
    name: 'ann',
    currency: 'USD',
    creditLimit: 500n,
    actual: 0n,
    held: 0n,
    state: 'active',
    moved: false,
  })
  t.same(shape(rows['0 ann']), ['opened', 'none', null, null, 0n, 0n])
})

t.test('own movements, limit and freezing change one account', async (t) => {
  const script = start()
  const own = { account: 'ann', method: 'bank', transfer: id }
  const recharge = script.add('ann', { type: 'Recharged', data: { ...own, ...usd('10.00'), reference: 'r1' } })
  const back = { ...own, recharge: id, rechargeLeaf: recharge, ...usd('1.50'), reason: 'returned' }
  const reversal = script.add('ann', { type: 'RechargeReversed', data: back })
  script.add('ann', { type: 'RechargeReversed', data: { ...back, ...usd('0.50') } })
  const paidOut = script.add('ann', { type: 'Withdrawn', data: { ...own, ...usd('2.00') } })
  const correction = { account: 'ann', transfer: id, reason: 'error', approver: 'eve' }
  const up = script.add('ann', { type: 'Adjusted', data: { ...correction, ...usd('0.25'), direction: 'up' } })
  const down = script.add('ann', { type: 'Adjusted', data: { ...correction, ...usd('7.00'), direction: 'down' } })
  const limit = script.add('ann', {
    type: 'CreditLimitChanged',
    data: { account: 'ann', currency: 'USD', creditLimit: '9.00' },
  })
  const frozen = script.add('ann', { type: 'AccountFrozen', data: { account: 'ann', reason: 'audit' } })
  const { documents, rows } = await project(script)
  t.match(documents.ann, { actual: -75n, held: 0n, creditLimit: 900n, state: 'frozen', moved: true })
  t.equal(documents.bob?.moved, false)
  t.same(shape(rows[`${recharge} ann`]), ['recharge', 'in', 1000n, null, 1000n, 0n])
  t.match(rows[`${recharge} ann`], { reversed: 200n, method: 'bank', reference: 'r1', transfer: id, order: null })
  t.same(shape(rows[`${reversal} ann`]), ['recharge-reversal', 'out', 150n, null, 850n, 0n])
  t.match(rows[`${reversal} ann`], { rechargeLeaf: recharge, reference: 'returned', reversed: null })
  t.same(shape(rows[`${paidOut} ann`]), ['withdrawal', 'out', 200n, null, 600n, 0n])
  t.same(shape(rows[`${up} ann`]), ['adjustment', 'in', 25n, null, 625n, 0n])
  t.same(shape(rows[`${down} ann`]), ['adjustment', 'out', 700n, null, -75n, 0n])
  t.same(shape(rows[`${limit} ann`]), ['credit-limit', 'none', 900n, null, -75n, 0n])
  t.same(shape(rows[`${frozen} ann`]), ['freeze', 'none', null, null, -75n, 0n])
  t.equal(rows[`${limit} ann`]?.stateAfter, 'active')
  t.equal(rows[`${frozen} ann`]?.stateAfter, 'frozen')
  script.add('ann', { type: 'AccountUnfrozen', data: { account: 'ann', reason: 'done' } })
  t.equal((await project(script)).documents.ann?.state, 'active')
})

t.test('a trade is one entry at each party', async (t) => {
  const script = start()
  const trade = script.add('ann', { type: 'Traded', data: { order: id, ...parties, ...usd('3.00'), plan: 'p' } })
  const { documents, rows } = await project(script)
  t.same(balance(documents.ann), [-300n, 0n])
  t.same(balance(documents.bob), [300n, 0n])
  t.same(shape(rows[`${trade} ann`]), ['trade', 'out', 300n, 'bob', -300n, 0n])
  t.same(shape(rows[`${trade} bob`]), ['trade', 'in', 300n, 'ann', 300n, 0n])
  const order = { state: 'effective', paid: 300n, refunded: 0n, open: 0n, openCount: 0, last: null, expiresAt: null }
  const where = { stream: 'account-ann', revision: 1, orderId: id, orderLeaf: trade, plan: 'p' }
  t.match(rows[`${trade} ann`], { order, ...where })
  t.match(rows[`${trade} bob`], { order, ...where })
})

t.test('a hold binds the buyer until it is captured, voided or expired', async (t) => {
  const authorize = (script: Script) => {
    const data = { order: id, ...parties, ...usd('3.00'), expiresAt: '2026-02-01T00:00:00.000Z' }
    const orderLeaf = script.add('ann', { type: 'TradeAuthorized', data })
    return { order: id, orderLeaf, ...parties }
  }
  const held = start()
  const { orderLeaf } = authorize(held)
  const before = await project(held)
  t.same(balance(before.documents.ann), [0n, 300n])
  t.same(balance(before.documents.bob), [0n, 0n])
  t.same(shape(before.rows[`${orderLeaf} ann`]), ['authorization', 'out', 300n, 'bob', 0n, 300n])
  t.same(shape(before.rows[`${orderLeaf} bob`]), ['authorization', 'in', 300n, 'ann', 0n, 0n])
  t.match(before.rows[`${orderLeaf} bob`]?.order, { state: 'pending', paid: 0n })

  const captured = start()
  const data = { ...authorize(captured), ...usd('2.00'), released: '1.00' }
  const capture = captured.add('ann', { type: 'TradeCaptured', data })
  const after = await project(captured)
  t.same(balance(after.documents.ann), [-200n, 0n])
  t.same(balance(after.documents.bob), [200n, 0n])
  t.same(shape(after.rows[`${capture} ann`]), ['capture', 'out', 200n, 'bob', -200n, 0n])
  t.same(shape(after.rows[`${capture} bob`]), ['capture', 'in', 200n, 'ann', 200n, 0n])
  t.match(after.rows[`${orderLeaf} ann`]?.order, { state: 'effective', paid: 200n })
  t.match(after.rows[`${orderLeaf} bob`]?.order, { state: 'effective', paid: 200n })

  for (const [type, kind] of [
    ['TradeVoided', 'void'],
    ['HoldExpired', 'expiry'],
  ] as const) {
    const script = start()
    const end = script.add('ann', { type, data: { ...authorize(script), ...usd('3.00') } })
    const { documents, rows } = await project(script)
    t.same(balance(documents.ann), [0n, 0n])
    t.same(shape(rows[`${end} bob`]), [kind, 'none', 300n, 'ann', 0n, 0n])
    t.match(rows[`${orderLeaf} bob`]?.order, { state: 'voided', paid: 0n })
  }
})

t.test('a refund holds the seller’s money until it is decided, and shows on order and request', async (t) => {
  const request = (script: Script) => {
    const orderLeaf = script.add('ann', { type: 'Traded', data: { order: id, ...parties, ...usd('3.00') } })
    const data = { refund: uuid(7), order: id, orderLeaf, ...parties, ...usd('1.00') }
    return { ...data, refundLeaf: script.add('bob', { type: 'RefundRequested', data: { ...data, reason: 'broken' } }) }
  }
  const asked = start()
  const { orderLeaf, refundLeaf } = request(asked)
  const before = await project(asked)
  t.same(balance(before.documents.bob), [300n, 100n])
  t.same(shape(before.rows[`${refundLeaf} bob`]), ['refund-request', 'out', 100n, 'ann', 300n, 100n])
  t.same(shape(before.rows[`${refundLeaf} ann`]), ['refund-request', 'in', 100n, 'bob', -300n, 0n])
  t.match(before.rows[`${refundLeaf} ann`], { refundState: 'open', refundId: uuid(7), orderLeaf, reference: 'broken' })
  t.match(before.rows[`${orderLeaf} ann`]?.order, { open: 100n, openCount: 1, last: null })

  const ends = [
    { type: 'RefundApproved', kind: 'refund-approval', state: 'approved', ann: -200n, bob: 200n, refunded: 100n },
    { type: 'RefundRejected', kind: 'refund-rejection', state: 'rejected', ann: -300n, bob: 300n, refunded: 0n },
    { type: 'RefundWithdrawn', kind: 'refund-withdrawal', state: 'withdrawn', ann: -300n, bob: 300n, refunded: 0n },
  ] as const
  for (const { type, kind, state, ann, bob, refunded } of ends) {
    const script = start()
    const end = script.add('bob', { type, data: request(script) })
    const { documents, rows } = await project(script)
    t.same(balance(documents.ann), [ann, 0n])
    t.same(balance(documents.bob), [bob, 0n])
    t.same(shape(rows[`${end} bob`]), [kind, 'out', 100n, 'ann', bob, 0n])
    t.same(shape(rows[`${end} ann`]), [kind, 'in', 100n, 'bob', ann, 0n])
    for (const party of ['ann', 'bob']) {
      t.match(rows[`${orderLeaf} ${party}`]?.order, { refunded, open: 0n, openCount: 0, last: state })
      t.equal(rows[`${refundLeaf} ${party}`]?.refundState, state)
    }
  }
})

t.test('folds are total: nothing of an event that names what is not there is refused', async (t) => {
  const script = new Script()
  script.add('ann', { type: 'AccountFrozen', data: { account: 'ann', reason: 'x' } })
  const nowhere = { transfer: id, recharge: id, rechargeLeaf: 0, account: 'ann', ...usd('1.00'), method: 'bank' }
  script.add('ann', { type: 'RechargeReversed', data: nowhere })
  const { documents, rows } = await project(script)
  t.match(documents.ann, { name: 'ann', currency: '', actual: -100n, state: 'frozen' })
  t.equal(rows['0 ann']?.reversed, 100n)
  const at = { leaf: 1, key: 'ann', context: {} }
  const [first, second] = script.events
  const row = rows['0 ann']
  if (first === undefined || second === undefined || row === undefined) throw new Error('the script has two events')
  t.equal(ledger.evolveRow(row, first, at), row, 'an event that changes no entry')
  const order = {
    state: 'effective',
    paid: 1n,
    refunded: 0n,
    open: 0n,
    openCount: 0,
    last: null,
    expiresAt: null,
  } as const
  t.same(ledger.evolveRow({ ...row, order }, first, at).order, order)
})

t.test('what is stored is decimal text, and comes back as it was', async (t) => {
  const script = start()
  const own = { account: 'ann', method: 'bank', transfer: id }
  script.add('ann', { type: 'Withdrawn', data: { ...own, ...usd('100000000000000000000.07') } })
  const event = script.events.at(-1)
  if (event !== undefined) script.events[2] = { ...event, metadata: { ...event.metadata, effectiveDate: '2025-12-31' } }
  const { documents, rows, bodies } = await project(script)
  t.match(bodies.documents[0]?.body, { actual: '-100000000000000000000.07', creditLimit: '5.00' })
  for (const { key, body } of bodies.documents) {
    const document = documents[key]
    if (document !== undefined) t.same(ledger.document.encode(document), body)
  }
  for (const { key, leaf, body } of bodies.rows) {
    const row = rows[`${leaf} ${key}`]
    if (row !== undefined) t.same(ledger.rowBody.encode(row), body)
  }
  t.equal(rows['2 ann']?.effectiveDate, '2025-12-31')
})

t.test('a damaged body is not read', async (t) => {
  const script = start()
  script.add('ann', { type: 'Traded', data: { order: id, ...parties, ...usd('3.00') } })
  const { bodies } = await project(script)
  const document = bodies.documents[0]?.body ?? {}
  const row = bodies.rows[2]?.body ?? {}
  for (const damage of [{ name: 1 }, { actual: 'x' }, { state: 'gone' }])
    t.throws(() => ledger.document.decode({ ...document, ...damage }))
  for (const damage of [{ kind: 'none' }, { revision: '1' }, { revision: 1.5 }, { order: 'x' }, { plan: 1 }])
    t.throws(() => ledger.rowBody.decode({ ...row, ...damage }))
})

t.test('purchases, renewals and what is given back of them are entries of their owner', async (t) => {
  const script = start()
  const bought = script.add('ann', { type: 'Purchased', data: purchased('ann', '3.00', 7) })
  const again = script.add('ann', renewed('ann', '3.00', [7, bought], 8))
  const back = { refund: uuid(9), order: uuid(8), orderLeaf: again, account: 'ann', amount: '1.00', currency: 'EUR' }
  const given = script.add('ann', { type: 'PurchaseRefunded', data: { ...back, lines: [line('charge', '1.00')] } })
  const running = { account: 'ann', subscription: uuid(7), subscriptionLeaf: bought }
  const due = { ...running, amount: '3.00', currency: 'EUR', due: '2026-05-01', until: '2026-05-08' }
  const missed = script.add('ann', { type: 'SubscriptionPastDue', data: due })
  const ended = script.add('ann', {
    type: 'SubscriptionEnded',
    data: { ...running, endedOn: '2026-05-01', reason: 'unpaid' },
  })
  const { documents, rows } = await project(script)
  t.same(balance(documents.ann), [-500n, 0n])
  t.same(shape(rows[`${bought} ann`]), ['purchase', 'out', 300n, null, -300n, 0n])
  t.match(rows[`${bought} ann`], {
    plan: 'basic',
    title: 'Basic',
    orderLeaf: bought,
    order: { paid: 300n, refunded: 0n },
  })
  t.same(shape(rows[`${again} ann`]), ['renewal', 'out', 300n, null, -600n, 0n])
  t.match(rows[`${again} ann`], { orderLeaf: again, order: { state: 'effective', paid: 300n, refunded: 100n } })
  t.same(shape(rows[`${given} ann`]), ['purchase-refund', 'in', 100n, null, -500n, 0n])
  t.match(rows[`${given} ann`], { orderLeaf: again, refundId: uuid(9), order: null })
  t.same(shape(rows[`${missed} ann`]), ['past-due', 'none', 300n, null, -500n, 0n])
  t.same(shape(rows[`${ended} ann`]), ['subscription-end', 'none', null, null, -500n, 0n])
})

t.test('a coupon is money that comes in', async (t) => {
  const script = start()
  const coupon = { transfer: id, serial: 's-1', codeHash: 'c'.repeat(43), batch: 's', account: 'ann' }
  const leaf = script.add('ann', { type: 'CouponRedeemed', data: { ...coupon, ...usd('5.00') } })
  const { documents, rows } = await project(script)
  t.same(balance(documents.ann), [500n, 0n])
  t.same(shape(rows[`${leaf} ann`]), ['coupon', 'in', 500n, null, 500n, 0n])
  t.match(rows[`${leaf} ann`], { method: 'coupon', reference: 's-1', transfer: id })
})

t.test('a charge in another currency that was given back is an entry without an amount', async (t) => {
  const script = start()
  const names = { checkout: id, account: 'ann', purpose: 'recharge', ...usd('5.00') } as const
  const begun = { ...names, means: 'nonce' } as const
  const checkoutLeaf = script.add('ann', { type: 'CheckoutStarted', data: { ...begun, items: [], lines: [] } })
  script.add('ann', { type: 'CheckoutFailed', data: { ...names, items: [], checkoutLeaf, reason: 'not_found' } })
  const back = { checkout: id, checkoutLeaf, account: 'ann', transaction: 't' }
  const same = script.add('ann', { type: 'ChargeReturned', data: { ...back, ...usd('6.00') } })
  const other = script.add('ann', { type: 'ChargeReturned', data: { ...back, amount: '700', currency: 'JPY' } })
  const { rows, documents } = await project(script)
  t.same(shape(rows[`${same} ann`]), ['charge-return', 'none', 600n, null, 0n, 0n])
  t.same(shape(rows[`${other} ann`]), ['charge-return', 'none', null, null, 0n, 0n])
  t.equal(rows[`${other} ann`]?.currency, 'USD')
  t.same(balance(documents.ann), [0n, 0n])
})
