import { join } from 'node:path'
import type { DataOf } from '../../../events/catalogue.js'
import { openBookReader } from '../../../src/commands/book-file.js'
import { fromEvent } from '../../../src/ledger/money.js'
import { openSqliteEventLog } from '../../../src/store/sqlite.js'
import { decode } from '../../support/loop.js'
import type { ChargeFound } from './card-gateways.js'
import type { CardShop } from './card-shop.js'

interface Seen {
  readonly started: DataOf<'CheckoutStarted'>
  readonly paid: string[]
  failed: number
}

export interface Audit {
  readonly wrong: readonly string[]
  readonly checkouts: number
  readonly paid: number
  readonly failed: number
}

/** The log against the gateway's own records: at most one charge for a checkout, and one that stands if and only if it is paid. */
export const auditCards = async (data: string, shop: CardShop, charges: readonly ChargeFound[]): Promise<Audit> => {
  const all = await checkoutsIn(data)
  const wrong: string[] = []
  const orders = new Set(all.keys())
  for (const { order } of charges) if (!orders.has(order)) wrong.push(`${order} was charged and never started`)
  for (const [checkout, { started, paid, failed }] of all) {
    const own = charges.filter(({ order }) => order === checkout)
    const standing = own.filter(({ stands }) => stands)
    const [charge] = standing
    if (own.length > 1) wrong.push(`${checkout} was charged ${own.length} times`)
    if (paid.length + failed !== 1) wrong.push(`${checkout}: ${paid.length} times paid, ${failed} times failed`)
    if (standing.length !== paid.length)
      wrong.push(`${checkout}: ${standing.length} charges stand, ${paid.length} paid`)
    if (charge === undefined || paid.length === 0) continue
    if (charge.transaction !== paid[0] || charge.amount !== started.amount) wrong.push(`${checkout}: another charge`)
  }
  wrong.push(...plansIn(data, shop, all))
  const paid = [...all.values()].filter((one) => one.paid.length > 0)
  const came = paid.reduce((sum, { started }) => sum + fromEvent(started.amount), 0n)
  const stands = charges.filter((one) => one.stands).reduce((sum, { amount }) => sum + fromEvent(amount), 0n)
  if (came !== stands) wrong.push(`the ledger has ${came} from cards, the gateway ${stands}`)
  const failed = [...all.values()].filter((one) => one.failed > 0).length
  return { wrong, checkouts: all.size, paid: paid.length, failed }
}

const checkoutsIn = async (data: string): Promise<ReadonlyMap<string, Seen>> => {
  const all = new Map<string, Seen>()
  const log = await openSqliteEventLog({ path: join(data, 'events.db') })
  for (let after: number | null = null; ; ) {
    const page = await log.readLog({ after, max: 1_000 })
    for (const recorded of page) {
      const { type, data } = decode(recorded)
      if (type === 'CheckoutStarted') all.set(data.checkout, { started: data, paid: [], failed: 0 })
      if (type === 'CheckoutPaid') all.get(data.checkout)?.paid.push(data.transaction)
      const failed = type === 'CheckoutFailed' ? all.get(data.checkout) : undefined
      if (failed !== undefined) failed.failed += 1
    }
    const last = page.at(-1)
    if (last === undefined) break
    after = last.position
  }
  await log.close()
  return all
}

/** A plan if and only if a charge, by the write model as the server has left it. */
const plansIn = (data: string, shop: CardShop, all: ReadonlyMap<string, Seen>): readonly string[] => {
  const bought = new Map<string, number>()
  for (const { started, paid } of all.values()) {
    for (const { subscription = '' } of paid.length > 0 ? started.items : []) {
      bought.set(subscription, (bought.get(subscription) ?? 0) + 1)
    }
  }
  const file = openBookReader(join(data, 'write-model.db'))
  const wrong = shop.names.flatMap((name) =>
    (file.account(name)?.own?.subscriptions ?? []).flatMap(({ id, plan, locked }) => {
      const times = bought.get(id) ?? 0
      if (times > 1) return [`${id} was paid ${times} times`]
      if (locked !== null) return [`${id} is locked`]
      return (plan.plan === 'Pro') === (times === 1) ? [] : [`${id} has ${plan.plan}, paid ${times} times`]
    }),
  )
  file.close()
  return wrong
}
