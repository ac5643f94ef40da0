import type { CommandContext, CommandName } from '../commands/port.js'
import { errorCatalogue, RequestRefused } from './errors.js'
import { idempotencyOf, keyOf } from './idempotency.js'
import type { Handler, Serving } from './mount.js'
import { patienceOf, shown } from './position.js'
import type { Ask, Call, CommandRoute, Intent, Refused, Request, Settled } from './route.js'
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
export const settle = async (call: Call, { command, input }: Intent, context: CommandContext): Promise<Settled> => {
  const outcome = await call.parts.commands.execute<CommandName>(command, input, context)
  if (outcome.kind === 'done') return { kind: 'done', done: outcome }
  return { kind: 'refused', refused: outcome.kind === 'refused' ? outcome.refusal : KEY_REUSED }
}

export const commandHandler =
  (route: CommandRoute, { replies, surface, open }: Serving): Handler =>
  async (request, reply) => {
    const call = await open(request)
    const { parts, caller } = call
    const { method, url, body } = request
    const patience = patienceOf(request.headers['ledger-wait'])
    const key = keyOf(request.headers['idempotency-key'])
    const context: CommandContext = {
      actor: caller,
      correlationId: correlationOf(request),
      idempotency: idempotencyOf(parts.mac, key, { method, url, body }),
    }
    const settled = await perform(route, call, context)
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
      return replies.send(reply, route.status, 'text/csv; charset=utf-8', route.toCsv(done, call))
    }
    const text = route.toReply(done, call)
    return replies.json(reply, route.status, typeof text === 'string' ? text : await text)
  }

const perform = async (route: CommandRoute, call: Call, context: CommandContext): Promise<Settled> => {
  const ask: Ask = (asked) => settle(call, asked, context)
  const first = await ('perform' in route ? route.perform(call, ask) : ask(route.toIntent(call)))
  const other = first.kind === 'done' ? null : (route.instead?.(first.refused, call) ?? null)
  if (other === null) return first
  const second = await ask(other)
  return second.kind === 'done' ? second : first
}
