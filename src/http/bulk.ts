import { settle, correlationOf } from './command.js'
import { RequestRefused } from './errors.js'
import { refusedBy } from './faults.js'
import { idempotencyOf, keyOf } from './idempotency.js'
import { writeJson } from './json.js'
import type { Handler, Opener } from './mount.js'
import { LEDGER } from './parts.js'
import { PATIENCE } from './position.js'
import type { Replies } from './replies.js'
import type { BulkItem, BulkRoute, Call, Request, Settled } from './route.js'
import { writeToken } from './token.js'

/** So that `<key>/<index>` is still a key. */
const MAX_KEY = 250

export const bulkHandler =
  (route: BulkRoute, replies: Replies, open: Opener): Handler =>
  async (request, reply) => {
    const call = await open(request)
    const key = keyOf(request.headers['idempotency-key'])
    if (key !== undefined && key.length > MAX_KEY) throw new RequestRefused('idempotency_key_invalid')
    const correlationId = correlationOf(request, call)
    const settled = await Promise.all(
      route.toItems(call).map((item, index) => settleItem(request, call, item, { key, index, correlationId, replies })),
    )
    const leaf = settled.reduce((last, one) => (one.kind === 'done' ? Math.max(last, one.done.event.leaf) : last), -1)
    if (leaf >= 0) {
      reply.header('ledger-position', writeToken('p1', leaf))
      if (!(await call.parts.visibility.wait(LEDGER, leaf, PATIENCE))) reply.header('ledger-visible', 'false')
    }
    return replies.json(reply, 200, writeJson({ results: settled.map(route.toReply) }))
  }

interface Place {
  readonly key: string | undefined
  readonly index: number
  readonly correlationId: string
  readonly replies: Replies
}

/** Never rejects: whatever happens to one item is that item's outcome. */
const settleItem = async (request: Request, call: Call, item: BulkItem, place: Place): Promise<Settled> => {
  const { method, url } = request
  const key = item.key ?? (place.key === undefined ? undefined : `${place.key}/${place.index}`)
  const idempotency = idempotencyOf(call.parts.fingerprintKey, key, { method, url, body: item.body })
  try {
    return await settle(call, item.intent, { actor: call.caller, correlationId: place.correlationId, idempotency })
  } catch (error) {
    return { kind: 'refused', refused: refusedBy(error) ?? place.replies.ownFault(request, error) }
  }
}
