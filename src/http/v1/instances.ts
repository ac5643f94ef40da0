import { type FetchRow, type InstanceDocument, instances } from '../../projections/instances.js'
import { destroyCredentials, reachSecrets, withCredentials } from '../credentials.js'
import { RequestRefused } from '../errors.js'
import { Fields } from '../fields.js'
import { writeJson } from '../json.js'
import { INSTANCES } from '../parts.js'
import { type Answer, type Call, type CommandRoute, intent, type ReadRoute, type Route } from '../route.js'
import { bounds, nextLink } from '../rows.js'
import { writeToken } from '../token.js'
import { eventReply } from './reply.js'
import { byInstance, cursor, fields, limit, provisioning, rejecting } from './schemas.js'

const DEFAULT_LIMIT = '100'

const provision: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/v1/instances',
  body: provisioning,
  commands: ['provision'],
  status: 201,
  perform: (call, ask) => {
    const { body } = call
    const wanted = { instance: body.name('instance'), service: body.name('service'), owner: body.name('owner') }
    return withCredentials(call, new Fields(body.raw('credentials')), (credentials) =>
      ask(intent('provision', { ...wanted, credentials })),
    )
  },
  toReply: eventReply,
}

const deprovision: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/v1/instances/:instance/deprovision',
  params: byInstance,
  body: rejecting,
  commands: ['deprovision'],
  status: 200,
  perform: async (call, ask) => {
    const instance = call.params.name('instance')
    await reachSecrets(call.parts.secrets)
    const settled = await ask(intent('deprovision', { instance, ...call.body.some('reason') }))
    await destroyCredentials(call, instance)
    return settled
  },
  toReply: eventReply,
}

interface Found extends InstanceDocument {
  /** Leaf number of the last event. */
  readonly at: number
}

/** To who may not read it there is no such instance. Throws `RequestRefused`. */
const find = async ({ parts, caller, params }: Call): Promise<Found> => {
  const record = await parts.views.document(INSTANCES, params.name('instance'))
  const found = record && { ...instances.document.decode(record.body), at: record.at }
  if (found === null || !caller.reads(found.owner)) throw new RequestRefused('instance_not_found')
  return found
}

const read = async (call: Call): Promise<Answer> => {
  const { instance, service, serviceVersion, owner, state, provisionedAt, deprovisionedAt, reason, at } =
    await find(call)
  const body = writeJson({
    instance,
    service,
    serviceVersion,
    owner,
    state,
    provisionedAt,
    deprovisionedAt: deprovisionedAt ?? undefined,
    reason: reason ?? undefined,
    leaf: at,
  })
  return { status: 200, body }
}

const instance: ReadRoute = { kind: 'read', method: 'GET', url: '/v1/instances/:instance', params: byInstance, read }

const shown = (leaf: number, { actor, fetchedAt }: FetchRow) => ({ leaf, actor, fetchedAt })

/** Newest first. */
const list = async (call: Call): Promise<Answer> => {
  const { instance: key } = await find(call)
  const { limit: max = DEFAULT_LIMIT, cursor: from } = call.query.some('limit', 'cursor')
  const direction = 'backwards'
  const range = bounds(from, direction)
  const found = await call.parts.views.rows(INSTANCES, { key, ...range, direction, max: Number(max) + 1 })
  const next = found[Number(max)]
  const body = writeJson({
    fetches: found.slice(0, Number(max)).map(({ leaf, body }) => shown(leaf, instances.rowBody.decode(body))),
    next: next === undefined ? null : writeToken('c1', next.leaf),
  })
  if (next === undefined) return { status: 200, body }
  const path = `/v1/instances/${encodeURIComponent(key)}/fetches`
  return { status: 200, body, link: nextLink(path, call.query.some('limit'), next.leaf) }
}

const fetches: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/instances/:instance/fetches',
  params: byInstance,
  query: fields({}, { limit, cursor }),
  read: list,
}

export const instanceRoutes: readonly Route[] = [provision, instance, fetches, deprovision]
