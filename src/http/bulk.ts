import type { CommandContext } from '../commands/port.js'
import { correlationOf, settle } from './command.js'
import { RequestRefused } from './errors.js'
import { refusedBy } from './faults.js'
import { Fields } from './fields.js'
import { idempotencyOf, keyOf } from './idempotency.js'
import { type JsonValue, writeJson } from './json.js'
import type { Handler, Opener } from './mount.js'
import { LEDGER } from './parts.js'
import { patienceOf } from './position.js'
import type { Replies } from './replies.js'
import type { BulkRoute, Call, Request, Settled } from './route.js'
import type { Check } from './schema.js'
import { writeToken } from './token.js'

/** So that `<key>/<index>` is still a key. */
const MAX_KEY = 250

export interface Bulk {
  readonly route: BulkRoute
  readonly replies: Replies
  readonly open: Opener
  readonly check: Check
}

export const bulkHandler =
  (bulk: Bulk): Handler =>
  async (request, reply) => {
    const { route, replies, open } = bulk
    const call = await open(request)
    const patience = patienceOf(request.headers['ledger-wait'])
    const key = keyOf(request.headers['idempotency-key'])
    if (key !== undefined && key.length > MAX_KEY) throw new RequestRefused('idempotency_key_invalid')
    const correlationId = correlationOf(request)
    const settled = await Promise.all(
      call.body.list('items').map((item, index) => {
        const context = { actor: call.caller, correlationId }
        return settleItem(bulk, request, { call, item, context, key: key && `${key}/${index}` })
      }),
    )
    const leaf = settled.reduce((last, one) => (one.kind === 'done' ? Math.max(last, one.done.event.leaf) : last), -1)
    if (leaf >= 0) {
      reply.header('ledger-position', writeToken('p1', leaf))
      const visible = patience > 0 && (await call.parts.visibility.wait(LEDGER, leaf, patience))
      if (!visible) reply.header('ledger-visible', 'false')
    }
    return replies.json(reply, 200, writeJson({ results: settled.map(route.toReply) }))
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
    return await settle(call, bulk.route.toIntent(fields), { ...context, idempotency })
  } catch (error) {
    return { kind: 'refused', refused: refusedBy(error) ?? bulk.replies.ownFault(request, error) }
  }
}
