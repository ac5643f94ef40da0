import type { CommandContext, CommandName, Outcome } from '../commands/port.js'
import { errorCatalogue, RequestRefused } from './errors.js'
import { idempotencyOf, keyOf } from './idempotency.js'
import type { Handler, Serving } from './mount.js'
import { patienceOf, shown } from './position.js'
import type { Call, CommandRoute, Intent, Refused, Request, Settled } from './route.js'
import { writeToken } from './token.js'

const CORRELATION = /^[\x21-\x7e]{1,128}$/
const CSV_FIRST = /^\s*text\/csv\s*(?:[;,]|$)/i

/** The client's correlation id, or the id of the request. */
export const correlationOf = (request: Request): string => {
  const given = request.headers['correlation-id']
  if (given === undefined) return request.id
  if (typeof given !== 'string' || !CORRELATION.test(given)) throw new RequestRefused('correlation_id_invalid')
  return given
}

const KEY_REUSED: Refused = { code: 'idempotency_key_reused', detail: errorCatalogue.idempotency_key_reused.meaning }

/** Rejects with `Unavailable`, and with what is our own fault. */
export const settle = async (call: Call, { command, input }: Intent, context: CommandContext): Promise<Settled> =>
  settledBy(await call.parts.commands.execute<CommandName>(command, input, context))

const settledBy = (outcome: Outcome): Settled => {
  if (outcome.kind === 'done') return { kind: 'done', done: outcome }
  return { kind: 'refused', refused: outcome.kind === 'refused' ? outcome.refusal : KEY_REUSED }
}

export const commandHandler =
  (route: CommandRoute, { replies, surface, open, endOfTurn }: Serving): Handler =>
  async (request, reply) => {
    await endOfTurn()
    const opened = open(request)
    const call = opened instanceof Promise ? await opened : opened
    const { parts, caller } = call
    const { method, url, body, headers } = request
    const patience = patienceOf(headers['ledger-wait'])
    const key = keyOf(headers['idempotency-key'])
    const context: CommandContext = {
      actor: caller,
      correlationId: correlationOf(request),
      idempotency: idempotencyOf(parts.mac, key, { method, url, body }),
    }
    const first =
      'perform' in route
        ? await route.perform(call, (asked) => settle(call, asked, context))
        : await settle(call, route.toIntent(call), context)
    const other = first.kind === 'done' ? null : (route.instead?.(first.refused, call) ?? null)
    const settled = other === null ? first : await insteadOf(first, settle(call, other, context))
    const written = settled.kind === 'done' ? settled.done : settled.wrote
    if (written !== undefined) {
      const visible = await shown(parts, surface.views, [written.event], patience)
      reply.header('ledger-position', writeToken('p1', written.event.leaf))
      if (!visible) reply.header('ledger-visible', 'false')
      if (written.replayed) reply.header('idempotent-replayed', 'true')
    }
    if (settled.kind === 'refused') throw new RequestRefused(settled.refused.code, settled.refused.detail)
    const { done } = settled
    if (route.toCsv !== undefined && CSV_FIRST.test(String(request.headers.accept))) {
      replies.send(reply, route.status, 'text/csv; charset=utf-8', route.toCsv(done, call))
    } else {
      const text = route.toReply(done, call)
      replies.json(reply, route.status, typeof text === 'string' ? text : await text)
    }
    // Not the reply, which is sent: Fastify would wait for it as for a promise.
    return undefined
  }

const insteadOf = async (first: Settled, asked: Promise<Settled>): Promise<Settled> => {
  const second = await asked
  return second.kind === 'done' ? second : first
}
