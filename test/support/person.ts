import { personKeyOf } from '../../src/commands/person-key.js'
import { sealText } from '../../src/http/person-cipher.js'

/** The key of every person of a fixture, as it lies in the store of secrets. */
export const PERSON_KEY = Buffer.alloc(32, 9)

/** A personal field of a fixture, under the key of a person who was erased so many times. */
export const sealedFor = (account: string, field: string, text: string, erasures = 0) => {
  const personKey = personKeyOf(account, erasures)
  return { personKey, sealed: sealText(text, { account, field, personKey }, PERSON_KEY, Buffer.alloc(12, erasures)) }
}

export const ADDRESS = {
  name: 'Alice',
  street: 'Somewhere 1',
  country: 'Singapore',
  city: 'Singapore',
  postal: '222222',
  region: '',
}

export const sealedAddress = (account: string, erasures = 0) =>
  sealedFor(account, 'billing-address', JSON.stringify(ADDRESS), erasures)
