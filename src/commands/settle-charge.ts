import type { DataOf } from '../../events/catalogue.js'
import type { GatewayCharge } from '../gateway/port.js'
import type { Checkout } from '../ledger/checkout-document.js'
import { MOST_DECIMALS } from '../ledger/currencies.js'
import { parseMinor } from '../ledger/money.js'
import { type SecretStore, SecretTaken } from '../secrets/port.js'
import { scopedId } from './identity.js'
import type { Mac } from './mac.js'
import { type AccountLog, namedCards } from './named-cards.js'
import type { Commands, Done, Inputs } from './port.js'
import { systemActor } from './system-actor.js'

export interface Settling extends AccountLog {
  readonly commands: Pick<Commands, 'execute' | Locating>
  readonly secrets: Pick<SecretStore, 'put' | 'destroy'>
  readonly mac: Mac
}

type Locating = 'locateCheckout' | 'locateCard' | 'locateReplacedCard' | 'locateCustomer'

/** A checkout by card, and on whose behalf it is looked after now. */
export interface About extends Pick<Checkout, 'leaf' | 'started'> {
  readonly correlationId: string
}

/** Why nothing was charged; `detail`: what the gateway said. */
export type Why = Pick<DataOf<'CheckoutFailed'>, 'reason' | 'detail'>

/** How a checkout ended. `done` holds its `CheckoutPaid` or `CheckoutFailed`. */
export type CheckoutEnd =
  | { readonly kind: 'paid'; readonly done: Done }
  | { readonly kind: 'failed'; readonly done: Done; readonly why: Why }

/** What a charge that pays for something is to a checkout. */
export type ChargeFate =
  | CheckoutEnd
  /** The checkout has failed, or another charge has paid it: to be given back. */
  | { readonly kind: 'unwanted'; readonly end: CheckoutEnd }
  /** Not what was asked for, so nothing is written: a person must look. */
  | { readonly kind: 'different' }

const actor = systemActor('checkouts')

/** The card that an event names lies there. */
export const cardName = (card: string): string => `card/${card}`

/**
 * The gateway has made this charge under the checkout's order id: keeps its card, and has the checkout paid. May be called again, and on
 * any process: `paid` where this charge has paid it, now or before. Rejects with `Unavailable`, and with what the store of secrets says of itself.
 */
export const settleCharge = async (settling: Settling, about: About, charge: GatewayCharge): Promise<ChargeFate> => {
  const { started, leaf } = about
  if (!isSameMoney(started, charge)) return { kind: 'different' }
  const before = settling.commands.locateCard(started.account)
  const card = await keepCard(settling, about, charge)
  // The fold names one such card alone.
  if (card !== null) await forget(settling, settling.commands.locateReplacedCard(started.account))
  const { transaction } = charge
  const input = { account: started.account, checkoutLeaf: leaf, transaction, ...(card !== null && { card }) }
  const end = await tell(settling, about, 'checkout-paid', input)
  const by = end.done.event.type === 'CheckoutPaid' ? end.done.event.data.transaction : null
  if (by !== transaction) {
    // No event names it.
    await forget(settling, card)
    return { kind: 'unwanted', end }
  }
  if (card === null) return end
  // Nothing charges those before any more. Where this is cut off, `forgetCards` does it for the last of them.
  if (!end.done.replayed) {
    for (const other of [before, ...(await namedSince(settling, about, end.done))]) await forget(settling, other)
  }
  // Whoever erased him may have looked for cards before this one was named.
  if (erasedSince(settling, about)) await forget(settling, card)
  return end
}

/** The cards that others have named since the checkout began. Where the log cannot be read now they stay, and nothing charges them. */
const namedSince = async (settling: Settling, { started }: About, { event }: Done): Promise<readonly string[]> => {
  const stretch = { checkout: started.checkout, before: event.revision }
  const named = await namedCards(settling, started.account, stretch).catch(() => [])
  return named.map(({ card }) => card)
}

/**
 * Of a checkout that is paid: destroys the card that the account kept before, and its own where the person was erased after it had begun. May be called again.
 * Rejects with what the store of secrets says of itself.
 */
export const forgetCards = async (settling: Settling, about: About, transaction: string): Promise<void> => {
  const { commands, secrets } = settling
  const own = erasedSince(settling, about) ? cardOf(settling, about, transaction) : null
  for (const card of [commands.locateReplacedCard(about.started.account), own]) {
    if (card !== null) await secrets.destroy(cardName(card))
  }
}

/** Who is erased has no card kept that was given before. */
const erasedSince = ({ commands }: Settling, { started, leaf }: About): boolean =>
  (commands.locateCustomer(started.account)?.erasedAt ?? -1) > leaf

/** Nothing was charged for a checkout, for sure. May be called again. Where it was paid meanwhile, that is the end. Rejects with `Unavailable`. */
export const failCheckout = (settling: Settling, about: About, why: Why): Promise<CheckoutEnd> =>
  tell(settling, about, 'checkout-failed', { account: about.started.account, checkoutLeaf: about.leaf, ...why })

/** How a checkout ended, as far as this process knows; `null`: it is open. Rejects with `Unavailable`. */
export const endOf = async (settling: Settling, about: About): Promise<CheckoutEnd | null> => {
  const { leaf, started } = about
  const checkout = settling.commands.locateCheckout(String(leaf))
  if (checkout === null || checkout.state === 'open') return null
  // It is not open any more, so nothing new is decided: the same key finds the event.
  const input = { account: started.account, checkoutLeaf: leaf }
  const { transaction } = checkout
  const done =
    transaction === null
      ? await ask(settling, about, 'checkout-failed', { ...input, reason: 'not_found' })
      : await ask(settling, about, 'checkout-paid', { ...input, transaction })
  if (done === null) throw new Error(`the end of the checkout ${started.checkout} is not under its key`)
  return ended(done)
}

const ended = (done: Done): CheckoutEnd => {
  const { type, data } = done.event
  if (type === 'CheckoutPaid') return { kind: 'paid', done }
  if (type !== 'CheckoutFailed') throw new TypeError(`${type} is no end of a checkout`)
  const { reason, detail } = data
  return { kind: 'failed', done, why: { reason, ...(detail !== undefined && { detail }) } }
}

type Telling = 'checkout-paid' | 'checkout-failed'

/** How the checkout has ended: so, or as was told before. */
const tell = async <Name extends Telling>(settling: Settling, about: About, name: Name, input: Inputs[Name]) => {
  const done = await ask(settling, about, name, input)
  const end = done === null ? await endOf(settling, about) : ended(done)
  if (end === null) throw new Error(`the checkout ${about.started.checkout} is open and is not`)
  return end
}

/** The end of a checkout is always told under one key, so that telling it again finds the event. `null`: it has ended otherwise. */
const ask = async <Name extends Telling>(
  { commands, mac }: Settling,
  { started, correlationId }: About,
  name: Name,
  input: Inputs[Name],
): Promise<Done | null> => {
  const key = started.checkout
  const idempotency = { key, fingerprint: mac(`${name} ${key}`, 'base64url') }
  const outcome = await commands.execute(name, input, { actor, correlationId, idempotency })
  if (outcome.kind === 'done') return outcome
  const code = outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind
  if (code === 'checkout_not_open') return null
  throw new Error(`${name} of the checkout ${key} was refused: ${code}`)
}

/** Under which id its card is kept; `null`: it is not to be. The same charge always gives the same one, so putting it twice is putting it once. */
const cardOf = ({ mac }: Settling, { started }: About, transaction: string): string | null =>
  started.means === 'nonce' && started.purpose !== 'recharge'
    ? scopedId(mac, `card\n${started.checkout}\n${transaction}`)
    : null

/** Puts the card where renewals find it; `null`: there is none to be kept. */
const keepCard = async (settling: Settling, about: About, { card, transaction }: GatewayCharge) => {
  const { secrets } = settling
  const id = cardOf(settling, about, transaction)
  if (id === null || card === null) return null
  if (erasedSince(settling, about)) {
    // Put before, by whoever was cut off then.
    await secrets.destroy(cardName(id))
    return null
  }
  try {
    await secrets.put(cardName(id), card)
    return id
  } catch (error) {
    // The checkout has ended: it is destroyed then alone.
    if (error instanceof SecretTaken) return null
    throw error
  }
}

/** What was charged is written down: where the store of secrets is away now, the card stays there, and nothing charges it. */
const forget = async ({ secrets }: Settling, card: string | null): Promise<void> => {
  if (card !== null) await secrets.destroy(cardName(card)).catch(() => undefined)
}

/** The gateway may write more or fewer zeros. */
const isSameMoney = (started: About['started'], { amount, currency }: GatewayCharge): boolean =>
  started.currency === currency && parseMinor(started.amount, MOST_DECIMALS) === parseMinor(amount, MOST_DECIMALS)
