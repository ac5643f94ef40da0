import type { Gateway, GatewayCharge, GatewayState } from '../gateway/port.js'
import type { CardRefund, Checkout } from '../ledger/checkout-document.js'
import { SecretTaken } from '../secrets/port.js'
import { scopedId } from './identity.js'
import type { CommandName, Inputs } from './port.js'
import { type About, type ChargeFate, failCheckout, forgetCards, type Settling, settleCharge } from './settle-charge.js'
import { systemActor } from './system-actor.js'

/** What the gateway is asked after the fact, and what is written then. Each asks once, and may be asked again at any time, on any process. */
export interface AskingParts extends Settling {
  readonly gateway: Pick<Gateway, 'find' | 'state' | 'refund' | 'findRefund'>
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly randomId: () => string
  readonly correlationId: string
}

/** What asking about one thing came to. */
export type Found =
  /** It is over, or another step further; by which event. */
  | 'paid'
  | 'failed'
  | 'settled'
  | 'returned'
  | 'givenBack'
  | 'refunded'
  | 'notRefunded'
  /** The ledger knew already. */
  | 'known'
  /** All is well so far: it takes its time. */
  | 'pending'
  /** Of a checkout: the gateway knows of no charge. */
  | 'missed'
  /** Nothing can be done without a person. */
  | 'stuck'

export interface Answer {
  readonly found: Found
  /** What the gateway said, for an operator. */
  readonly said: string
}

const actor = systemActor('checkouts')

const answer = (found: Found, said: string): Answer => ({ found, said })

const NO_CHARGE = 'it knows of no charge'

/** Of a checkout that is neither paid nor failed. `missedBefore`: long enough ago it knew of no charge either. */
export const askOpen = async (parts: AskingParts, checkout: Checkout, missedBefore: boolean): Promise<Answer> => {
  const found = await askCharges(parts, checkout)
  if (found.kind === 'ended') return found.answer
  if (found.other !== null) {
    return answer('stuck', `${differs(found.other)}; counterfoil checkouts fail ${checkout.id} gives it back`)
  }
  if (!missedBefore) return answer('missed', NO_CHARGE)
  return ended(await failCheckout(parts, aboutOf(parts, checkout), { reason: 'not_found' }), NO_CHARGE)
}

/**
 * Of the same, when a person does not want what it has charged instead: the checkout fails, and that is given back as what turns up later is. Where it has
 * charged what was asked for, that pays. `missed`: it has charged nothing, and nothing is done.
 */
export const askUnwanted = async (parts: AskingParts, checkout: Checkout, by: string): Promise<Answer> => {
  const found = await askCharges(parts, checkout)
  if (found.kind === 'ended') return found.answer
  if (found.other === null) return answer('missed', NO_CHARGE)
  const said = differs(found.other)
  const why = { reason: 'not_found', detail: short(`${said}; ${by} has it given back`) } as const
  return ended(await failCheckout(parts, aboutOf(parts, checkout), why), said)
}

type Charged =
  | { readonly kind: 'ended'; readonly answer: Answer }
  /** Nothing is written. `other`: a charge of another amount or currency; `null`: there is none at all. */
  | { readonly kind: 'open'; readonly other: GatewayCharge | null }

/** One charge of the right amount pays. */
const askCharges = async (parts: AskingParts, checkout: Checkout): Promise<Charged> => {
  const about = aboutOf(parts, checkout)
  const charges = (await parts.gateway.find(checkout.id)).filter(pays)
  for (const charge of charges) {
    const fate = await settleCharge(parts, about, charge)
    if (fate.kind === 'different') continue
    return { kind: 'ended', answer: ended(fate, `it has made the charge ${charge.transaction}`) }
  }
  return { kind: 'open', other: charges[0] ?? null }
}

const differs = ({ transaction, amount, currency }: GatewayCharge): string =>
  `its charge ${transaction} is of ${amount} ${currency}, which is not what was asked for`

/** Of one that has failed because the gateway knew of no charge. */
export const askMissing = async (parts: AskingParts, checkout: Checkout): Promise<Answer> => {
  const charges = await parts.gateway.find(checkout.id)
  return (await giveBack(parts, checkout, charges)) ?? answer('pending', NO_CHARGE)
}

/** Of one that is paid: whether its money has come; what else was charged under its id is given back. A card that is not to be kept is destroyed, if it is not yet. */
export const askUnsettled = async (parts: AskingParts, checkout: Checkout): Promise<Answer> => {
  const { transaction } = checkout
  if (transaction === null) return answer('known', '')
  await forgetCards(parts, aboutOf(parts, checkout), transaction)
  const charges = await parts.gateway.find(checkout.id)
  const back = await giveBack(parts, checkout, charges)
  if (back !== null && back.found !== 'givenBack') return back
  const own = charges.find((charge) => charge.transaction === transaction)
  const input = { account: checkout.started.account, checkoutLeaf: checkout.leaf }
  // Nor would it find others that are to be given back.
  if (own === undefined) return back ?? answer('pending', 'it does not find the charge by its order id now')
  switch (own.state) {
    case 'pending':
      return back ?? answer('pending', 'the charge is on its way')
    case 'settled':
      return tell(parts, 'payment-settled', input, answer('settled', 'the money has come'))
    default: {
      const reason = RETURNED[own.state]
      return tell(parts, 'payment-returned', { ...input, reason }, answer('returned', reason))
    }
  }
}

const RETURNED: { readonly [State in Exclude<GatewayState, 'pending' | 'settled'>]: string } = {
  failed: 'the settlement of the charge has failed',
  voided: 'the charge was voided',
  returned: 'the bank has taken the money back',
}

/** Of a refund to a card that is not done. */
export const askRefund = async (parts: AskingParts, asked: AskedRefund): Promise<Answer> => {
  const { id, leaf, requested } = asked.refund
  const { account, transaction } = requested
  const result = (await parts.gateway.findRefund(id, transaction)) ?? (await giveToCard(parts, asked))
  const input = { account, refundLeaf: leaf }
  switch (result.kind) {
    case 'voided':
      return tell(parts, 'card-refunded', { ...input, transaction }, answer('refunded', 'the charge was voided'))
    case 'refunded': {
      const done = answer('refunded', 'the refund has settled')
      return tell(parts, 'card-refunded', { ...input, transaction: result.transaction }, done)
    }
    case 'refused': {
      const detail = short(`${result.reason} (${result.code})`)
      return tell(parts, 'card-refund-failed', { ...input, detail }, answer('notRefunded', detail))
    }
    case 'refunding':
      return answer('pending', 'the refund is on its way')
    case 'not_yet':
      return answer('pending', 'the charge has to settle first')
    case 'busy':
      return answer('pending', 'it was asked to give the money back just now')
  }
}

export interface AskedRefund {
  readonly refund: CardRefund
  /** When it was asked for: an instant. */
  readonly since: string
  /** What was paid, and so can be given back before it settles. */
  readonly whole: string
}

/** Milliseconds: in each stretch of so many since it was asked for, the gateway is told once to give the money back, in the first half. */
const TURN = 300_000

/** It was looked for and not found. Two callers at once, or one soon after another, could give a part back twice: so one in each turn calls, of all processes. */
const giveToCard = async (parts: AskingParts, { refund, since, whole }: AskedRefund) => {
  const { gateway, secrets, clock, randomId } = parts
  const { transaction, amount } = refund.requested
  if (amount !== whole && (await gateway.state(transaction)) === 'pending') return { kind: 'not_yet' } as const
  const passed = Math.max(0, clock() - Date.parse(since))
  if (passed % TURN > TURN / 2) return { kind: 'busy' } as const
  try {
    await secrets.put(`refund-turn/${refund.id}.${Math.floor(passed / TURN)}`, randomId())
  } catch (error) {
    if (error instanceof SecretTaken) return { kind: 'busy' } as const
    throw error
  }
  return gateway.refund({ refundId: refund.id, transaction, amount })
}

/** It pays for something now, or will. */
const pays = ({ state }: GatewayCharge): boolean => state === 'pending' || state === 'settled'

/** What was charged and pays for nothing is given back, whole; it is written down when all of it is. `null`: there is none. */
const giveBack = async (
  parts: AskingParts,
  checkout: Checkout,
  charges: readonly GatewayCharge[],
): Promise<Answer | null> => {
  const known = [checkout.transaction, ...checkout.unwanted]
  const unwanted = charges.filter((one) => !known.includes(one.transaction) && (pays(one) || one.state === 'voided'))
  if (unwanted.length === 0) return null
  for (const { transaction, amount } of unwanted.filter(pays)) {
    const refundId = scopedId(parts.mac, `give back\n${checkout.id}\n${transaction}`)
    const result = await parts.gateway.refund({ refundId, transaction, amount })
    if (result.kind === 'refused') {
      return answer(
        'stuck',
        `it gives the charge ${transaction} not back: ${short(`${result.reason} (${result.code})`)}`,
      )
    }
    if (result.kind === 'refunding' || result.kind === 'not_yet') {
      return answer('pending', `the charge ${transaction} is being given back`)
    }
  }
  const input = { account: checkout.started.account, checkoutLeaf: checkout.leaf }
  const done = answer('givenBack', 'it has given back what was charged')
  for (const { transaction, amount, currency } of unwanted) {
    await tell(parts, 'charge-returned', { ...input, transaction, amount, currency }, done)
  }
  return done
}

const aboutOf = ({ correlationId }: AskingParts, { leaf, started }: Checkout): About => ({
  leaf,
  started,
  correlationId,
})

const ended = (fate: Exclude<ChargeFate, { kind: 'different' }>, said: string): Answer =>
  answer(fate.kind === 'unwanted' || fate.done.replayed ? 'known' : fate.kind, said)

type Telling = 'payment-settled' | 'payment-returned' | 'charge-returned' | 'card-refunded' | 'card-refund-failed'

/** The ledger has written it down before, or another process has. */
const KNOWN: readonly string[] = ['checkout_not_paid', 'charge_known', 'card_refund_over']

/** Rejects with `Unavailable`. */
const tell = async <Name extends CommandName & Telling>(
  { commands, correlationId }: AskingParts,
  name: Name,
  input: Inputs[Name],
  done: Answer,
): Promise<Answer> => {
  const outcome = await commands.execute(name, input, { actor, correlationId, idempotency: null })
  if (outcome.kind === 'done') return done
  const code = outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind
  if (KNOWN.includes(code)) return answer('known', done.said)
  if (code === 'card_refund_under_way') return answer('pending', done.said)
  throw new Error(`${name} was refused: ${code}`)
}

/** Characters of an event's text. */
const MOST = 256

const short = (text: string): string => [...text].slice(0, MOST).join('')
