import type { CommandContext } from '../commands/port.js'
import { correlationOf, settle } from './command.js'
import { RequestRefused } from './errors.js'
import { Fields } from './fields.js'
import { idempotencyOf, keyOf } from './idempotency.js'
import { type JsonValue, writeJson } from './json.js'
import type { Handler, Serving } from './mount.js'
import { marksOf, patienceOf, shown } from './position.js'
import type { BulkRoute, Call, Request, Settled } from './route.js'
import type { Check } from './schema.js'

/** So that `<key>/<index>` is still a key. */
const MAX_KEY = 250
const TOO_LONG = `The Idempotency-Key of a bulk request has at most ${MAX_KEY} characters: each item adds its place to it.`

export interface Bulk extends Serving {
  readonly route: BulkRoute
  readonly check: Check
}

export const bulkHandler =
  (bulk: Bulk): Handler =>
  async (request, reply) => {
    const { route, replies, surface, open, endOfTurn } = bulk
    await endOfTurn()
    const opened = open(request)
    const call = opened instanceof Promise ? await opened : opened
    const patience = patienceOf(request.headers['ledger-wait'])
    const key = keyOf(request.headers['idempotency-key'])
    if (key !== undefined && key.length > MAX_KEY) throw new RequestRefused('idempotency_key_invalid', TOO_LONG)
    const correlationId = correlationOf(request)
    const settled = await Promise.all(
      call.body.list('items').map((item, index) => {
        const context = { actor: call.caller, correlationId }
        return settleItem(bulk, request, { call, item, context, key: key && `${key}/${index}` })
      }),
    )
    const done = settled.flatMap((one) => (one.kind === 'done' ? one.done : []))
    const events = done.map(({ event }) => event)
    // Whether they were there before is in no item of the body: a repeated request gets the first reply, byte for byte.
    const marks = done.length === 0 ? [] : marksOf(done, await shown(call.parts, surface.views, events, patience))
    replies.json(reply, 200, writeJson({ results: settled.map(route.toReply) }), marks)
  }

interface Item {
  readonly call: Call
  readonly item: JsonValue
  readonly context: Omit<CommandContext, 'idempotency'>
  /** Made of the request's key, for an item without one. */
  readonly key: string | undefined
}

/** Never rejects: whatever happens to one item is that item's outcome. */
const settleItem = async (bulk: Bulk, request: Request, { call, item, context, key }: Item): Promise<Settled> => {
  const { method, url } = request
  try {
    bulk.check(item)
    const fields = new Fields(item)
    const asked = { method, url, body: item }
    const idempotency = idempotencyOf(call.parts.mac, fields.some('key').key ?? key, asked)
    return await settle(call, bulk.route.toIntent(fields, call.params), { ...context, idempotency })
  } catch (error) {
    return { kind: 'refused', refused: bulk.replies.refusalOf(request, error) }
  }
}
