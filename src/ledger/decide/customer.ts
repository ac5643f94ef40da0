import type { DataOf } from '../../../events/catalogue.js'
import { type Decision, facts, refuse } from '../decision.js'
import type { Customer } from '../document.js'
import type { Account, Deciding } from '../state.js'
import { accountNotFound, notAdmin, notYours } from './checks.js'

export interface ChangeCustomerInput {
  readonly account: string
  readonly address: DataOf<'CustomerChanged'>['address']
  /** How often the person had been erased when the address was sealed. */
  readonly erasures: number
  /** Left out: no tax is due there. */
  readonly taxCountry?: string
}

export interface CustomerState {
  readonly account: Account | undefined
  readonly customer: Customer | undefined
}

/** The address takes the place of the one before, all of it. */
export const decideChangeCustomer = (
  input: ChangeCustomerInput,
  state: CustomerState,
  { actor }: Deciding,
): Decision => {
  const { account, address, erasures, taxCountry } = input
  const refusal = notYours(actor, account)
  if (refusal) return refusal
  if (!state.account) return accountNotFound(account)
  if (erasures < erasuresOf(state)) return refuse('person_erased', `The person of ${account} has just been erased.`)
  const { personKey, sealed } = address
  const data = { account, address: { personKey, sealed }, ...(taxCountry !== undefined && { taxCountry }) }
  return facts({ type: 'CustomerChanged', data })
}

/** Whatever there is of the person, and even if there is nothing: who asks need not know. `keyOf`: the id of the key after so many erasures. */
export const decideErasePerson = (
  { account }: { readonly account: string },
  state: CustomerState,
  { actor }: Deciding,
  keyOf: (erasures: number) => string,
): Decision => {
  const refusal = notAdmin(actor)
  if (refusal) return refusal
  if (!state.account) return accountNotFound(account)
  const before = erasuresOf(state)
  return facts({ type: 'PersonErased', data: { account, personKey: keyOf(before), erasure: before + 1 } })
}

const erasuresOf = ({ customer }: CustomerState): number => customer?.erasures ?? 0
