import { namedCards } from '../commands/named-cards.js'
import { personKeyOf } from '../commands/person-key.js'
import { cardName } from '../commands/settle-charge.js'
import { SecretTaken } from '../secrets/port.js'
import { RequestRefused } from './errors.js'
import type { Parts } from './parts.js'
import { NONCE_BYTES, openText, sealText } from './person-cipher.js'

/**
 * Personal data of customers: their billing address, what they call their devices. In events, views and logs they are sealed under a key of
 * the person, which lies in the store of secrets alone; in the clear they are in requests and replies. Erasing a person is destroying the key.
 *
 * A key is put before the event that names it is decided. A crash in between leaves a key that nothing is sealed under, and that the next
 * request uses.
 *
 * A request under an `Idempotency-Key` leaves an HMAC of its whole body in the event's metadata, for ever: without COUNTERFOIL_SECRET that
 * says nothing; whoever has it can try guesses against it.
 */
export interface Personal {
  /** Under the key in use, which is drawn and put where there is none. `field`: what the text is; it opens as nothing else. */
  seal(field: string, text: string): Promise<Sealed>
  /** `null`: the person was erased. Rejects with `RequestRefused` on what is not what was sealed. */
  open(field: string, sealed: Pick<Sealed, 'personKey' | 'sealed'>): Promise<string | null>
}

export interface Sealed {
  readonly personKey: string
  readonly sealed: string
  /** How often the person had been erased when this was sealed. No event holds it: a rule may refuse what is sealed under an older key. */
  readonly erasures: number
}

type Needed = Pick<Parts, 'secrets' | 'draw'> & { readonly commands: Pick<Parts['commands'], 'locateCustomer'> }

/** Of one account, for one request: each key is fetched once. Everything rejects while the store of secrets cannot be asked. */
export const personalOf = (parts: Needed, account: string): Personal => {
  const known = new Map<string, Promise<Uint8Array | null>>()
  const fetched = (personKey: string): Promise<Uint8Array | null> => {
    const found = known.get(personKey) ?? readKey(parts, personKey)
    known.set(personKey, found)
    return found
  }
  return {
    seal: async (field, text) => {
      const { personKey, erasures, key } = await keyInUse(parts, account)
      const sealed = sealText(text, { account, field, personKey }, key, parts.draw(NONCE_BYTES))
      return { personKey, erasures, sealed }
    },
    open: async (field, { personKey, sealed }) => {
      // The event alone erases: the key may be there until whoever asked for it has destroyed it.
      const key = erasedKeys(parts, account).includes(personKey) ? null : await fetched(personKey)
      if (key === null) return null
      const text = openText(sealed, { account, field, personKey }, key)
      if (text !== null) return text
      throw new RequestRefused('secret_unreadable', `Personal data of the account ${account} are not what was stored.`)
    },
  }
}

/** Of a person who was erased: after the event, and again whenever an admin asks, because the last time may have been cut off. */
export const destroyKeys = async (parts: Needed, account: string): Promise<void> => {
  for (const personKey of erasedKeys(parts, account)) await parts.secrets.destroy(nameOf(personKey))
}

/** Every card of a checkout that began before that leaf, likewise: who charges it finds none. One that is open then keeps none. */
export const destroyCards = async (
  { log: store, decode, secrets }: Pick<Parts, 'log' | 'decode' | 'secrets'>,
  account: string,
  erased: number,
): Promise<void> => {
  const named = await namedCards({ store, decode }, account)
  for (const { card, checkoutLeaf } of named) if (checkoutLeaf < erased) await secrets.destroy(cardName(card))
}

const KEY_BYTES = 32

const nameOf = (personKey: string): string => `person/${personKey}`

const erasuresOf = ({ commands }: Needed, account: string): number => commands.locateCustomer(account)?.erasures ?? 0

const erasedKeys = (parts: Needed, account: string): readonly string[] =>
  Array.from({ length: erasuresOf(parts, account) }, (_, erasures) => personKeyOf(account, erasures))

const readKey = async ({ secrets }: Needed, personKey: string): Promise<Uint8Array | null> => {
  const text = await secrets.get(nameOf(personKey))
  return text === null ? null : Buffer.from(text, 'base64url')
}

/** A key that was destroyed is never used again, even where this process does not know yet who was erased. */
const keyInUse = async (parts: Needed, account: string, erasures = erasuresOf(parts, account)): Promise<InUse> => {
  const personKey = personKeyOf(account, erasures)
  const key = (await readKey(parts, personKey)) ?? (await drawnKey(parts, personKey))
  return key === null ? keyInUse(parts, account, erasures + 1) : { personKey, erasures, key }
}

interface InUse extends Pick<Sealed, 'personKey' | 'erasures'> {
  readonly key: Uint8Array
}

/** A new key, or the one that another request has put meanwhile; `null`: there was one, and it was destroyed. */
const drawnKey = async (parts: Needed, personKey: string): Promise<Uint8Array | null> => {
  const key = parts.draw(KEY_BYTES)
  try {
    await parts.secrets.put(nameOf(personKey), Buffer.from(key).toString('base64url'))
    return key
  } catch (error) {
    if (error instanceof SecretTaken) return readKey(parts, personKey)
    throw error
  }
}
