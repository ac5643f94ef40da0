import { setImmediate } from 'node:timers/promises'
import { decimalsOf, MOST_DECIMALS } from '../../ledger/currencies.js'
import { amountText } from '../../ledger/money.js'
import { type SubscribedPlan, type SubscriptionRow, subscriptions } from '../../projections/subscriptions.js'
import type { RowQuery } from '../../views/port.js'
import { balanceOf } from '../balance.js'
import { numberOf, writeJson } from '../json.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { fields, named } from '../schema.js'
import { standingText } from './standing.js'

/** Buys a plan from the balance. */
const checkout: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/payment/v1/checkout',
  body: fields({ plan_id: named, namespace: named }, { region: named }),
  commands: ['checkout'],
  status: 200,
  toIntent: ({ body }) =>
    intent('checkout', {
      account: body.name('namespace'),
      plan: body.name('plan_id'),
      ...(body.has('region') && { region: body.name('region') }),
    }),
  toReply: (done, call) => standingText(done, call, call.body.name('namespace')),
}

/** Purchases read at a time, and the most that are looked at, the newest first. */
const PAGE = 1_000
const MAX_PURCHASES = 10_000

interface Bought {
  readonly item: SubscribedPlan
  /** Its end has come, or all of it was given back. */
  readonly over: boolean
}

/** The plans that an account has bought in a region, newest first; without a region, everywhere. */
const boughtIn = async ({ parts, query }: Call, account: string): Promise<readonly Bought[]> => {
  const region = query.has('region') ? query.name('region') : undefined
  const today = parts.today()
  const bought: Bought[] = []
  let range: Pick<RowQuery, 'to'> = {}
  for (let seen = 0; seen < MAX_PURCHASES; seen += PAGE) {
    const wanted = { key: account, ...range, direction: 'backwards', max: PAGE } as const
    const records = await parts.views.rows(subscriptions.name, wanted)
    for (const { body } of records) bought.push(...plansOf(subscriptions.rowBody.decode(body), today))
    const last = records[PAGE - 1]
    if (last === undefined) break
    range = { to: last.leaf - 1 }
    // An embedded view answers at once: without this a long list would hold up everyone.
    await setImmediate()
  }
  return bought.filter(({ item }) => region === undefined || item.plan.region === region)
}

/** A device on the free plan has bought nothing. */
const plansOf = (row: SubscriptionRow, today: string): readonly Bought[] => {
  const ended = ({ endedOn }: SubscribedPlan): boolean => endedOn !== null && endedOn <= today
  if (row.kind === 'device')
    return row.item.plan.period === undefined ? [] : [{ item: row.item, over: ended(row.item) }]
  const { items, amount, refunded } = row
  return items.map((item) => ({
    item,
    over: item.plan.subscription === undefined ? amount > 0n && refunded === amount : ended(item),
  }))
}

/** One line per version of a plan, however often it was bought. */
const shown = (bought: readonly Bought[]) => {
  const plans = bought.filter(({ over }) => !over).map(({ item }) => item.plan)
  const versions = new Map(plans.map((plan) => [`${plan.plan} ${plan.planVersion}`, plan]))
  return [...versions.values()].map(({ plan, type, price, billPeriod, description }) => ({
    plan_id: plan,
    type,
    price: numberOf(price),
    bill_period: billPeriod,
    description,
  }))
}

const isLow = (available: bigint, currency: string, mark: bigint): boolean =>
  available * 10n ** BigInt(MOST_DECIMALS - (decimalsOf(currency) ?? 0)) < mark

const read = async (call: Call): Promise<Answer> => {
  const name = call.query.name('namespace')
  const { actual, held, currency, state, moved } = await balanceOf(call, name)
  const bought = await boughtIn(call, name)
  const available = actual - held
  const body = writeJson({
    purchased: bought.length > 0,
    notification: isLow(available, currency, call.parts.lowBalance),
    plans: shown(bought),
    status: moved ? state : '',
    balance: { balance: numberOf(amountText(available, currency)) },
  })
  return { status: 200, body }
}

const account: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/payment/v1/account',
  query: fields({ namespace: named }, { region: named }),
  read,
}

export const planRoutes: readonly Route[] = [checkout, account]
