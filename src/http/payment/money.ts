import { setImmediate } from 'node:timers/promises'
import { balanceOf } from '../balance.js'
import { MANUAL } from '../clearing.js'
import { RequestRefused } from '../errors.js'
import { type Writable, writeJson } from '../json.js'
import { LEDGER, type Parts } from '../parts.js'
import { PATIENCE } from '../position.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { bounds, type Entry, nextLink, readEntries, readEntry } from '../rows.js'
import { cursor, decimal, fields, limit, named } from '../schema.js'
import { isMovement, isRefund, movementOf } from './movement.js'
import { balanceText, standingText } from './standing.js'
import { createTimeIn } from './time.js'

/** Movements in one reply, and entries looked at for one reply. */
const MAX_MOVEMENTS = 1_000
const MIN_AT_ONCE = 100
const MAX_LOOKED_AT = 10_000

/** Opens an account that does not exist, in the default currency. */
const recharge: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/payment/v1/recharge',
  body: fields({ amount: decimal, namespace: named }),
  commands: ['recharge'],
  status: 200,
  toIntent: ({ body }) =>
    intent('recharge', {
      account: body.name('namespace'),
      amount: body.text('amount'),
      method: MANUAL,
      opens: true,
    }),
  toReply: (done, call) => standingText(done, call, call.body.name('namespace')),
}

const balance: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/payment/v1/balance',
  query: fields({ namespace: named }),
  read: async (call) => {
    const { actual, held, currency, state, moved } = await balanceOf(call, call.query.name('namespace'))
    return { status: 200, body: balanceText({ available: actual - held, currency, status: moved ? state : '' }) }
  },
}

/** The entries that opened the orders of these refunds, by their leaf. */
const openersOf = async (parts: Parts, account: string, entries: readonly Entry[]) => {
  const leaves = new Set(
    entries.flatMap((entry) => (isRefund(entry) && entry.orderLeaf !== null ? entry.orderLeaf : [])),
  )
  const found = await Promise.all([...leaves].map((leaf) => readEntry(parts, account, leaf)))
  return new Map(found.flatMap((entry) => (entry === null ? [] : [[entry.leaf, entry] as const])))
}

const show = async (parts: Parts, account: string, entries: readonly Entry[]): Promise<readonly Writable[]> => {
  const timeIn = createTimeIn(parts.timeZone)
  const openers = await openersOf(parts, account, entries)
  return entries.map((entry) => {
    const opener = isRefund(entry) ? openers.get(entry.orderLeaf ?? -1) : undefined
    return movementOf(entry, opener ?? null, timeIn)
  })
}

interface Page {
  readonly movements: readonly Entry[]
  /** The leaf at which the next page begins; `null`: there is none. */
  readonly next: number | null
}

const collect = async ({ parts, query }: Call, account: string, max: number): Promise<Page> => {
  const movements: Entry[] = []
  let range = bounds(query.some('cursor').cursor, 'backwards')
  const atOnce = Math.max(max + 1, MIN_AT_ONCE)
  for (let seen = atOnce; ; seen += atOnce) {
    const entries = await readEntries(parts, { key: account, ...range, direction: 'backwards', max: atOnce })
    for (const entry of entries.filter(isMovement)) {
      if (movements.length === max) return { movements, next: entry.leaf }
      movements.push(entry)
    }
    const last = entries.at(-1)
    if (last === undefined || last.leaf === 0) return { movements, next: null }
    if (seen >= MAX_LOOKED_AT) return { movements, next: last.leaf - 1 }
    range = { to: last.leaf - 1 }
    // An embedded view answers at once: without this a search would hold up everyone.
    await setImmediate()
  }
}

const list = async (call: Call): Promise<Answer> => {
  const { parts, query } = call
  const account = query.name('namespace')
  await balanceOf(call, account)
  const page = await collect(call, account, Number(query.some('limit').limit ?? MAX_MOVEMENTS))
  const asked = { namespace: account, ...query.some('limit') }
  return {
    status: 200,
    body: writeJson(await show(parts, account, page.movements)),
    ...(page.next !== null && { link: nextLink('/payment/v1/amounts', asked, page.next) }),
  }
}

const amounts: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/payment/v1/amounts',
  query: fields({ namespace: named }, { limit, cursor }),
  read: list,
}

const NUMBER = /^(?:0|[1-9][0-9]{0,14})$/

/** By the number of its entry, or by our id of an order or a recharge. */
const find = async ({ parts }: Call, account: string, reference: string): Promise<Entry | null> => {
  let leaf: number | null = Number(reference)
  if (!NUMBER.test(reference)) {
    leaf = parts.commands.locateOrder(reference)?.leaf ?? parts.commands.locateRecharge(reference)
    if (leaf === null) return null
    await parts.visibility.wait(LEDGER, leaf, PATIENCE)
  }
  const entry = await readEntry(parts, account, leaf)
  return entry !== null && isMovement(entry) ? entry : null
}

const amount: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/payment/v1/amounts/:tid',
  params: fields({ tid: { type: 'string', maxLength: 64 } }),
  query: fields({ namespace: named }),
  read: async (call) => {
    const account = call.query.name('namespace')
    await balanceOf(call, account)
    const tid = call.params.text('tid')
    const entry = await find(call, account, tid)
    if (entry === null) throw new RequestRefused('movement_not_found')
    const [shown = null] = await show(call.parts, account, [entry])
    return { status: 200, body: writeJson(shown) }
  },
}

export const moneyRoutes: readonly Route[] = [recharge, balance, amounts, amount]
