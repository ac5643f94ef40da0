import type { DataOf } from '../../events/catalogue.js'
import { type Change, grantId, isOf, keyOf, later } from './document.js'

/** What events do to grants of promocodes. */

export const granted = (data: DataOf<'PromocodeGranted'>, leaf: number): readonly Change[] => [
  { key: keyOf('grants', data.promocode), opens: null, apply: () => ({ kind: 'grants', granted: data.number }) },
  {
    key: keyOf('grant', grantId(data.promocode, data.account)),
    opens: null,
    apply: () => ({ kind: 'grant', leaf, used: null, data }),
  },
]

/** A checkout or an order uses a grant of its account; `null`: nothing does any more. */
export const useGrant = (promocode: string, account: string, order: string | null): Change =>
  later('grant', grantId(promocode, account), (before) => isOf('grant', before) && { ...before, used: order })
