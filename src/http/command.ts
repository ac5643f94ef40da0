import type { CommandContext, CommandName } from '../commands/port.js'
import { errorCatalogue, RequestRefused } from './errors.js'
import { idempotencyOf, keyOf } from './idempotency.js'
import type { Handler, Opener } from './mount.js'
import { LEDGER } from './parts.js'
import { patienceOf } from './position.js'
import type { Replies } from './replies.js'
import type { Call, CommandRoute, Done, Intent, Refused, Request, Settled } from './route.js'
import { writeToken } from './token.js'

const CORRELATION = /^[\x21-\x7e]{1,128}$/

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
  (route: CommandRoute, replies: Replies, open: Opener): Handler =>
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
    const done = await perform(route, call, context)
    const { leaf } = done.event
    const visible = patience > 0 && (await parts.visibility.wait(LEDGER, leaf, patience))
    reply.header('ledger-position', writeToken('p1', leaf))
    if (!visible) reply.header('ledger-visible', 'false')
    if (done.replayed) reply.header('idempotent-replayed', 'true')
    return replies.json(reply, route.status, await route.toReply(done, call))
  }

/** Throws `RequestRefused`. */
const perform = async (route: CommandRoute, call: Call, context: CommandContext): Promise<Done> => {
  const first = await settle(call, route.toIntent(call), context)
  if (first.kind === 'done') return first.done
  const other = route.instead?.(first.refused, call) ?? null
  const second = other === null ? first : await settle(call, other, context)
  if (second.kind === 'done') return second.done
  throw new RequestRefused(first.refused.code, first.refused.detail)
}
