import { usable } from '../../ledger/promocode.js'
import { type GrantRow, holderKey, placeKey, promocodes } from '../../projections/promocodes.js'
import { RequestRefused } from '../errors.js'
import { numberOf } from '../json.js'
import { readName } from '../names.js'
import { findOnSale, pages } from '../on-sale.js'
import type { Answer, Call, ReadRoute, Route } from '../route.js'
import { bounds, nextLink } from '../rows.js'
import { fields, named, orBlank } from '../schema.js'
import { withData } from './reply.js'
import { epochSeconds } from './time.js'

/** `info` is the copy of the promocode that was made when it was granted: it has no id of its own, and these are its times. */
const shown = ({ data, grantedAt }: GrantRow) => {
  const { account, promocode, expiresAt, name, type, periods, value, remark = '' } = data
  const at = epochSeconds(grantedAt)
  return {
    username: account,
    code: promocode,
    expire: expiresAt === undefined ? null : epochSeconds(expiresAt),
    info: {
      _id: null,
      createdAt: at,
      modifiedAt: at,
      name,
      type: `${type}_discount`,
      period: periods,
      value: type === 'percent' ? numberOf(value).text : value,
      remark,
    },
  }
}

const find = async ({ parts, caller }: Call, promocode: string): Promise<GrantRow | undefined> => {
  const place = await parts.views.document(promocodes.name, placeKey(promocode, caller.subject))
  const found = place === null ? null : promocodes.document.decode(place.body)
  if (found?.kind !== 'grant') return undefined
  const row = await parts.views.row(promocodes.name, { key: holderKey(caller.subject), leaf: found.leaf })
  return row === null ? undefined : promocodes.rowBody.decode(row.body)
}

/** Grants looked at for one reply. */
const AT_ONCE = 1_000

/** Those of the caller that are not used, the newest first. A page may be short and still have a next one. */
const list = async ({ parts, caller, query }: Call): Promise<Answer> => {
  const asked = query.some('limit', 'cursor')
  const max = Number(asked.limit ?? AT_ONCE)
  const range = bounds(asked.cursor, 'backwards')
  const wanted = { key: holderKey(caller.subject), ...range, direction: 'backwards', max: max + 1 } as const
  const records = await parts.views.rows(promocodes.name, wanted)
  const next = records[max]?.leaf
  const rows = records.slice(0, max).map(({ body }) => promocodes.rowBody.decode(body))
  const body = withData(rows.filter(({ used }) => used === null).map(shown))
  if (next === undefined) return { status: 200, body }
  return { status: 200, body, link: nextLink('/payment/promocode/', query.some('limit'), next) }
}

const one = async (call: Call): Promise<Answer> => {
  const promocode = call.params.name('id')
  const found = await find(call, promocode)
  if (found === undefined) throw new RequestRefused('item_not_found', `You have no promocode ${promocode}.`)
  return { status: 200, body: withData(shown(found)) }
}

/** Whether the caller may use it now, for a plan where one is named. What no promocode can be called is not known either. */
const verify = async (call: Call): Promise<Answer> => {
  const { parts, caller, body } = call
  const plan = body.says('plan_id') ? await planOf(call, body.name('plan_id')) : {}
  const promocode = readName(body.text('promocode'))
  const found = await parts.guesses.count(
    caller.subject,
    async () => (promocode === null ? undefined : find(call, promocode)),
    (grant) => grant === undefined,
  )
  const granted = usable(found, { ...plan, now: new Date(parts.clock()).toISOString() })
  if ('refusal' in granted) throw new RequestRefused(granted.refusal.code, granted.refusal.detail)
  return { status: 200, body: withData(shown(granted)) }
}

const planOf = async (call: Call, plan: string) => {
  const { item } = await findOnSale(call, { kind: 'plan', id: plan })
  return { plan, currency: item.text('currency') }
}

const read = { kind: 'read', method: 'GET' } as const

/** Promocodes of the caller. */
export const promocodeRoutes: readonly Route[] = [
  { ...read, url: '/payment/promocode', query: fields({}, pages), read: list },
  { ...read, url: '/payment/promocode/:id', params: fields({ id: named }), read: one },
  {
    ...read,
    method: 'POST',
    url: '/payment/verify_promocode',
    body: fields({ promocode: { type: 'string', maxLength: 256 } }, { plan_id: orBlank(named) }),
    read: verify,
  },
] satisfies readonly ReadRoute[]
