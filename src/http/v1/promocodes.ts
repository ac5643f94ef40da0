import { countKey, type GrantRow, holderKey, promocodes } from '../../projections/promocodes.js'
import { balanceOf } from '../balance.js'
import { readItem } from '../catalogue.js'
import { RequestRefused } from '../errors.js'
import type { Fields } from '../fields.js'
import { writeJson } from '../json.js'
import {
  type Answer,
  type BulkRoute,
  type Call,
  type CommandRoute,
  intent,
  type ReadRoute,
  type Route,
} from '../route.js'
import { bounds, nextLink } from '../rows.js'
import { named } from '../schema.js'
import { writeToken } from '../token.js'
import { itemEventOf, itemEventReply, resultOf } from './reply.js'
import { BULK_LIMIT, bulk, byName, cursor, fields, key, limit } from './schemas.js'

const byCode = fields({ promocode: named })
const GRANTS = '/v1/promocodes/:promocode/grants'

const granting = (body: Fields, params: Fields) =>
  intent('grant-promocode', { promocode: params.name('promocode'), account: body.name('account') })

const grant: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: GRANTS,
  params: byCode,
  body: fields({ account: named }),
  commands: ['grant-promocode'],
  status: 201,
  toIntent: ({ body, params }) => granting(body, params),
  toReply: itemEventReply,
}

const grants: BulkRoute = {
  kind: 'bulk',
  method: 'POST',
  url: `${GRANTS}/bulk`,
  params: byCode,
  body: bulk,
  bodyLimit: BULK_LIMIT,
  commands: ['grant-promocode'],
  item: fields({ account: named }, { key }),
  toIntent: granting,
  toReply: resultOf(itemEventOf),
}

const count = async ({ parts, caller, params }: Call): Promise<Answer> => {
  if (!caller.readsAll) throw new RequestRefused('forbidden', 'You may not read how often a promocode was granted.')
  const promocode = params.name('promocode')
  const { data } = await readItem(parts, { kind: 'promocode', id: promocode })
  const record = await parts.views.document(promocodes.name, countKey(promocode))
  const counted = record === null ? null : promocodes.document.decode(record.body)
  const granted = counted?.kind === 'count' ? counted.granted : 0
  return { status: 200, body: writeJson({ promocode, granted, grants: data.grants ?? null }) }
}

/** How often a promocode was granted, and how often its newest version may be; `null`: any number of times. */
const counts: ReadRoute = { kind: 'read', method: 'GET', url: GRANTS, params: byCode, read: count }

const DEFAULT_LIMIT = '100'

const shown = ({ data, grantedAt, used }: GrantRow) => {
  const { account: _, ...terms } = data
  return { ...terms, grantedAt, used }
}

/** A page of an account's promocodes, newest first. */
const list = async (call: Call): Promise<Answer> => {
  const account = call.params.name('name')
  await balanceOf(call, account)
  const asked = call.query.some('limit', 'cursor')
  const max = Number(asked.limit ?? DEFAULT_LIMIT)
  const range = bounds(asked.cursor, 'backwards')
  const query = { key: holderKey(account), ...range, direction: 'backwards' as const, max: max + 1 }
  const records = await call.parts.views.rows(promocodes.name, query)
  const next = records[max]?.leaf
  const body = writeJson({
    promocodes: records.slice(0, max).map(({ leaf, body }) => ({ ...shown(promocodes.rowBody.decode(body)), leaf })),
    next: next === undefined ? null : writeToken('c1', next),
  })
  if (next === undefined) return { status: 200, body }
  const path = `/v1/accounts/${encodeURIComponent(account)}/promocodes`
  return { status: 200, body, link: nextLink(path, call.query.some('limit'), next) }
}

const held: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/accounts/:name/promocodes',
  params: byName,
  query: fields({}, { limit, cursor }),
  read: list,
}

/** Promocodes are granted by an admin. */
export const promocodeRoutes: readonly Route[] = [grant, grants, counts, held]
