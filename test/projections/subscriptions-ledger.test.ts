import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import type { LedgerEvent } from '../../events/envelope.js'
import type { Subscription } from '../../src/ledger/state.js'
import { type SubscribedPlan, type SubscriptionRow, subscriptions } from '../../src/projections/subscriptions.js'
import { seen } from '../../src/projections/subscriptions-item.js'
import type { Handled } from '../../src/projections/subscriptions-row.js'
import type { Books } from '../support/books.js'
import { deviceHistory, deviceSteps } from '../support/device-history.js'
import { fc } from '../support/fast-check.js'

const handled: ReadonlySet<string> = new Set(subscriptions.handles)
const isHandled = (event: LedgerEvent): event is Extract<LedgerEvent, Handled> => handled.has(event.type)

const nothing = { kind: 'buyer', purchases: 0, running: 0 } as const

/** The rows of an account after one more event. */
const fold = (rows: Map<number, SubscriptionRow>, event: LedgerEvent): void => {
  if (!isHandled(event)) return
  const { leaf } = event
  const at = { leaf, key: event.data.account, context: {} }
  for (const key of subscriptions.rowKeys(event)) {
    const row = rows.get(key.leaf)
    if (row !== undefined) rows.set(key.leaf, subscriptions.evolveRow(row, event, at))
  }
  const row = subscriptions.row(nothing, event, at)
  if (row !== undefined) rows.set(leaf, row)
}

const itemsOf = (row: SubscriptionRow): readonly (readonly [string, SubscribedPlan])[] =>
  row.kind === 'device'
    ? [[row.subscription, row.item]]
    : row.items.flatMap((item) => (item.plan.subscription === undefined ? [] : [[item.plan.subscription, item]]))

const inView = ({ state, until, plan: { period, ...plan }, next, paid, draft }: SubscribedPlan) => ({
  ...{ state, until, plan, paidUpTo: period?.end, next: next?.plan, order: paid?.by, checkout: draft?.checkout },
})

const inLedger = ({ state, until, plan: { period: _, ...plan }, period, next, order, locked }: Subscription) => ({
  ...{ state, until, plan: seen(plan), paidUpTo: period?.end, next: next === null ? undefined : seen(next) },
  ...{ order: order ?? undefined, checkout: locked ?? undefined },
})

const compare = (rows: ReadonlyMap<number, SubscriptionRow>, books: Books): readonly string[] => {
  const all = new Map(books.subscriptions().map((one) => [one.id, inLedger(one)]))
  return [...rows.values()].flatMap(itemsOf).flatMap(([id, item]) => {
    const ledger = all.get(id) ?? { ...inView(item), state: 'ended', until: null, next: undefined, checkout: undefined }
    const view = inView(item)
    return isDeepStrictEqual(view, ledger) ? [] : [`view ${JSON.stringify(view)}, ledger ${JSON.stringify(ledger)}`]
  })
}

t.test('the view shows of every subscription what the rules decide on, after whatever happens', async (t) => {
  const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
  const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? 60)
  const count = new Map<string, number>()
  const property = fc.property(deviceSteps(150), (steps) => {
    const rows = new Map<number, SubscriptionRow>()
    let folded = 0
    for (const books of deviceHistory(steps)) {
      for (const event of books.log.slice(folded)) {
        fold(rows, event)
        count.set(event.type, (count.get(event.type) ?? 0) + 1)
      }
      folded = books.log.length
      const [different] = compare(rows, books)
      if (different !== undefined) throw new Error(different)
    }
  })
  fc.assert(property, { seed, numRuns })
  for (const type of subscriptions.handles) t.ok(20 * (count.get(type) ?? 0) > numRuns, `${count.get(type)} ${type}`)
  for (const type of ['CardRefundRequested', 'CardRefunded', 'CardRefundFailed', 'PaymentReturned']) {
    t.ok(20 * (count.get(type) ?? 0) > numRuns, `${count.get(type)} ${type}`)
  }
  t.pass(`${numRuns} runs, COUNTERFOIL_SEED=${seed}`)
})
