import type { DataOf } from '../../events/catalogue.js'
import { type Change, type Grant, grantId, isOf, keyOf, later } from './document.js'

/** What events do to grants of promocodes. */

export const granted = (data: DataOf<'PromocodeGranted'>, leaf: number): readonly Change[] => [
  { key: keyOf('grants', data.promocode), opens: null, apply: () => ({ kind: 'grants', granted: data.number }) },
  {
    key: keyOf('grant', grantId(data.promocode, data.account)),
    opens: null,
    apply: () => ({ kind: 'grant', leaf, used: null, data }),
  },
]

/** A checkout or an order of the account uses a grant, unless another one does. */
export const useGrant = (promocode: string, account: string, order: string): Change =>
  onGrant(promocode, account, (grant) => grant.used === null && { ...grant, used: order })

/** It came to nothing: the grant is free again, unless another order uses it. */
export const freeGrant = (promocode: string, account: string, order: string): Change =>
  onGrant(promocode, account, (grant) => grant.used === order && { ...grant, used: null })

const onGrant = (promocode: string, account: string, to: (grant: Grant) => Grant | false): Change =>
  later('grant', grantId(promocode, account), (before) => isOf('grant', before) && to(before))

/** What may use grants. */
export type WithPromocodes = Pick<DataOf<'Purchased'>, 'account' | 'items'> & { readonly purpose?: string }

/** The promocodes that go into it. The next periods use no grant: the first one did. */
export const promocodesIn = ({ items, purpose }: WithPromocodes) =>
  purpose === 'renewal' ? [] : items.flatMap(({ promocode }) => promocode ?? [])
