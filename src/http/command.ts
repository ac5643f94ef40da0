import type { CommandContext, CommandName, Outcome } from '../commands/port.js'
import { errorCatalogue, RequestRefused } from './errors.js'
import { idempotencyOf, keyOf } from './idempotency.js'
import type { Handler, Serving } from './mount.js'
import { marksOf, patienceOf, shown } from './position.js'
import type { Call, CommandRoute, Intent, Refused, Request, Settled } from './route.js'

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
    const marks =
      written === undefined ? [] : marksOf([written], await shown(parts, surface.views, [written.event], patience))
    try {
      if (settled.kind === 'refused') throw new RequestRefused(settled.refused.code, settled.refused.detail)
      const { done } = settled
      if (route.toCsv !== undefined && CSV_FIRST.test(String(request.headers.accept))) {
        const body = route.toCsv(done, call)
        replies.send(reply, { status: route.status, type: 'text/csv; charset=utf-8', body, headers: marks })
      } else {
        const text = route.toReply(done, call)
        replies.json(reply, route.status, typeof text === 'string' ? text : await text, marks)
      }
    } catch (error) {
      // It lies in the log, whatever is said of it.
      replies.mark(reply, marks)
      throw error
    }
  }

const insteadOf = async (first: Settled, asked: Promise<Settled>): Promise<Settled> => {
  const second = await asked
  return second.kind === 'done' ? second : first
}
