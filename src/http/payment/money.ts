import { setImmediate } from 'node:timers/promises'
import { balanceOf } from '../balance.js'
import { MANUAL } from '../clearing.js'
import { RequestRefused } from '../errors.js'
import { type Writable, writeJson } from '../json.js'
import { LEDGER, type Parts } from '../parts.js'
import { PATIENCE } from '../position.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { bounds, nextLink, readEntries, readEntry } from '../rows.js'
import { cursor, decimal, fields, limit, named } from '../schema.js'
import { isMovement, type Movement, movementOf, openerOf } from './movement.js'
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

const show = (parts: Parts, account: string, movements: readonly Movement[]): Promise<readonly Writable[]> => {
  const timeIn = createTimeIn(parts.timeZone)
  return Promise.all(
    movements.map(async (movement) => {
      const leaf = openerOf(movement)
      return movementOf(movement, leaf === null ? null : await readEntry(parts, account, leaf), timeIn)
    }),
  )
}

interface Page {
  readonly movements: readonly Movement[]
  /** The leaf at which the next page begins; `null`: there is none. */
  readonly next: number | null
}

const collect = async ({ parts, query }: Call, account: string, max: number): Promise<Page> => {
  const movements: Movement[] = []
  let range = bounds(query.some('cursor').cursor, 'backwards')
  let next: number | null = null
  const atOnce = Math.max(max + 1, MIN_AT_ONCE)
  for (let seen = 0; seen < MAX_LOOKED_AT; seen += atOnce) {
    const entries = await readEntries(parts, { key: account, ...range, direction: 'backwards', max: atOnce })
    for (const entry of entries.filter(isMovement)) {
      if (movements.length === max) return { movements, next: entry.leaf }
      movements.push(entry)
    }
    const last = entries.at(-1)
    if (last === undefined || last.leaf === 0) return { movements, next: null }
    next = last.leaf - 1
    range = { to: next }
    // An embedded view answers at once: without this a search would hold up everyone.
    await setImmediate()
  }
  return { movements, next }
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
const find = async ({ parts }: Call, account: string, reference: string): Promise<Movement | null> => {
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
