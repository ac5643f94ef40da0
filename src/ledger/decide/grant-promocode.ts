import { type Decision, facts, refuse } from '../decision.js'
import type { DocumentOf, Grant, Grants } from '../document.js'
import type { Account, Deciding } from '../state.js'
import { accountNotFound, notAdmin } from './checks.js'

export interface GrantPromocodeInput {
  readonly promocode: string
  /** Who may use it. */
  readonly account: string
}

export interface GrantPromocodeState {
  readonly promocode: DocumentOf<'promocode'> | undefined
  readonly account: Account | undefined
  readonly grants: Grants | undefined
  /** That of the account. */
  readonly grant: Grant | undefined
}

/** On the terms of the newest version that this process has seen, which also says how many there are: what is granted counts on, whatever the version. */
export const decideGrantPromocode = (
  input: GrantPromocodeInput,
  state: GrantPromocodeState,
  { actor, now, id }: Deciding,
): Decision => {
  const refusal = notAdmin(actor)
  if (refusal) return refusal
  const { promocode, account } = input
  if (!state.promocode) return refuse('item_not_found', `There is no promocode ${promocode} in the catalogue.`)
  if (state.promocode.retired) return refuse('item_retired', `The promocode ${promocode} is retired.`)
  const { itemVersion, itemLeaf: _, grants: most, ...terms } = state.promocode.data
  if (terms.expiresAt !== undefined && now >= terms.expiresAt) {
    return refuse('promocode_expired', `The promocode ${promocode} has expired on ${terms.expiresAt}.`)
  }
  if (!state.account) return accountNotFound(account)
  if (state.grant) return refuse('promocode_granted', `The account ${account} was granted ${promocode} before.`)
  const granted = state.grants?.granted ?? 0
  if (most !== undefined && granted >= most) {
    return refuse('promocode_exhausted', `The promocode ${promocode} was granted ${granted} of ${most} times.`)
  }
  const number = granted + 1
  return facts({
    type: 'PromocodeGranted',
    data: { grant: id, ...terms, promocodeVersion: itemVersion, number, account },
  })
}
