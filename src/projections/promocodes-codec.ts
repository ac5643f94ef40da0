import type { DataOf } from '../../events/catalogue.js'
import type { Codec } from '../follower/projection.js'
import type { Json, JsonObject } from '../views/port.js'
import { integer, oneOf, text, textOrNull, texts } from './body.js'

/** A promocode of an account. */
export interface GrantRow {
  /** The event that granted it: its terms never change. */
  readonly data: DataOf<'PromocodeGranted'>
  readonly grantedAt: string
  /** The id of the checkout or order that uses it; `null`: none does. */
  readonly used: string | null
}

const optional = ['currency', 'remark', 'expiresAt'] as const

/** What is not there is left out. */
export const rowCodec: Codec<GrantRow> = {
  encode: ({ data, grantedAt, used }) => {
    const { grant, promocode, promocodeVersion, number, account, name, type, value, periods, plans } = data
    const terms = { grant, promocode, promocodeVersion, number, account, name, type, value, periods }
    const body: Record<string, Json> = { ...terms, grantedAt }
    for (const field of optional) {
      const found = data[field]
      if (found !== undefined) body[field] = found
    }
    if (plans !== undefined) body.plans = plans
    if (used !== null) body.used = used
    return body
  },
  decode: (body) => ({
    data: {
      grant: text(body, 'grant'),
      promocode: text(body, 'promocode'),
      promocodeVersion: integer(body, 'promocodeVersion'),
      number: integer(body, 'number'),
      account: text(body, 'account'),
      name: text(body, 'name'),
      type: oneOf(body, 'type', ['percent', 'fixed']),
      value: text(body, 'value'),
      periods: integer(body, 'periods'),
      ...some(body),
      ...(body.plans !== undefined && { plans: [...texts(body, 'plans')] }),
    },
    grantedAt: text(body, 'grantedAt'),
    used: textOrNull(body, 'used'),
  }),
}

const some = (body: JsonObject): { readonly [Field in (typeof optional)[number]]?: string } => {
  const found: { [Field in (typeof optional)[number]]?: string } = {}
  for (const field of optional) if (body[field] !== undefined) found[field] = text(body, field)
  return found
}
