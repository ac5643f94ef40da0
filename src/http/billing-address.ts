import { personKeyOf } from '../commands/person-key.js'
import { type CustomerDocument, customers } from '../projections/customers.js'
import { Fields } from './fields.js'
import { writeJson } from './json.js'
import { readJsonText } from './json-reader.js'
import { CUSTOMERS } from './parts.js'
import { personalOf, type Sealed } from './personal.js'
import { type Ask, type Call, intent, type Settled } from './route.js'
import { orEmpty, someLines, text } from './schema.js'

/** Where a customer lives. What he left out is blank. */
export interface BillingAddress {
  readonly name: string
  readonly street: string
  readonly country: string
  readonly city: string
  readonly postal: string
  readonly region: string
}

/** Of a body. Names and places are written in any way: only blank ones, long ones and control characters are refused. */
export const addressText = text
/** What may be left out, or be blank. */
export const addressMore = orEmpty(text)
/** As above, and it may have several lines. */
export const streetMore = orEmpty(someLines(256))

/** What it is sealed as: for ever. */
const FIELD = 'billing-address'

const nothing = (account: string): Sealed => ({ personKey: personKeyOf(account, 0), sealed: '', erasures: 0 })

/** Puts the address in the place of the one before. */
export const changeAddress = async (
  { parts, caller }: Call,
  account: string,
  address: BillingAddress,
  ask: Ask,
): Promise<Settled> => {
  // Others are refused whatever they send, and must not have a key drawn.
  const may = caller.admin || caller.acts(account)
  const { personKey, sealed, erasures } = may
    ? await personalOf(parts, account).seal(FIELD, writeJson({ ...address }))
    : nothing(account)
  const taxCountry = parts.taxCountryOf(address.country)
  const input = { account, address: { personKey, sealed }, erasures, ...(taxCountry !== undefined && { taxCountry }) }
  return ask(intent('change-customer', input))
}

export interface CustomerFound extends CustomerDocument {
  /** Leaf number of the last event. */
  readonly at: number
  /** What only the person's key opens; `null`: the person was erased, or has not said where he lives. */
  readonly opened: BillingAddress | null
}

/** `null`: nothing was ever said of the person. */
export const findCustomer = async ({ parts }: Call, account: string): Promise<CustomerFound | null> => {
  const record = await parts.views.document(CUSTOMERS, account)
  if (record === null) return null
  const customer = customers.document.decode(record.body)
  const { address } = customer
  const text = address === null ? null : await personalOf(parts, account).open(FIELD, address)
  return { ...customer, at: record.at, opened: text === null ? null : addressOf(new Fields(readJsonText(text))) }
}

const addressOf = (kept: Fields): BillingAddress => ({
  name: kept.text('name'),
  street: kept.text('street'),
  country: kept.text('country'),
  city: kept.text('city'),
  postal: kept.text('postal'),
  region: kept.text('region'),
})
