import type { LedgerEvent } from '../../events/envelope.js'
import { reasonOf } from '../follower/batch.js'
import { type Gateway, GatewayUnknown, GatewayUnreachable, type Means, type SaleResult } from '../gateway/port.js'
import { type SecretStore, SecretUnreadable } from '../secrets/port.js'
import { type Done, Unavailable } from './port.js'
import {
  type About,
  type CheckoutEnd,
  cardName,
  endOf,
  failCheckout,
  type Settling,
  settleCharge,
  type Why,
} from './settle-charge.js'

/** What a client pays with: a nonce of the gateway, which is in no event, message or log, or the card that his account keeps. */
export type PaysWith =
  | { readonly kind: 'nonce'; readonly nonce: string }
  | { readonly kind: 'stored'; readonly account: string }

export interface Charging {
  /**
   * Charges a card for the checkout that `start` asks for: once, and only where that was not the repetition of an earlier request. A repetition
   * gets how that ended: in this process it waits for it. What else `start` says is handed on, and nothing is charged.
   *
   * Rejects with `Unavailable`: `checkout_in_doubt` where the card may be charged, now or later. The checkout stays open then, and is settled by asking the
   * gateway. Before anything has begun: `busy`, `shutting_down`, and what the store of secrets says of itself.
   */
  charge<Other extends NotStarted>(start: () => Promise<Done | Other>, by: PaysWith): Promise<CheckoutEnd | Other>
  /** Takes nothing more, and resolves when what is under way has ended, or when it has waited long enough. */
  close(): Promise<void>
}

export interface NotStarted {
  readonly kind: 'refused' | 'key-reused' | 'other'
}

export interface ChargingOptions extends Settling {
  readonly secrets: Pick<SecretStore, 'put' | 'get' | 'destroy'>
  readonly gateway: Pick<Gateway, 'sale'>
  readonly wait: (milliseconds: number) => Promise<void>
  /** Told what an operator should know. */
  readonly log: (message: string) => void
  readonly limits: ChargingLimits
}

export interface ChargingLimits {
  /** Charges under way. */
  readonly atOnce: number
  /** Milliseconds: of trying to write what a charge came to. */
  readonly patience: number
  /** Of one who waits for the answer: the gateway may take 30 s. */
  readonly deadline: number
  /** Of `close`. */
  readonly closing: number
}

export const CHARGING_LIMITS: ChargingLimits = { atOnce: 100, patience: 15_000, deadline: 45_000, closing: 7_000 }

const FIRST_PAUSE = 50
const LAST_PAUSE = 1_000
/** Seconds. */
const ASK_AGAIN = 10

/** Nobody charges again: after an unknown outcome or a crash a checkout is left open, for who asks the gateway. */
export const createCharging = (options: ChargingOptions): Charging => {
  const { limits } = options
  const all = new Set<Promise<unknown>>()
  const sales = new Map<string, Promise<CheckoutEnd>>()
  const waiting = new Set<() => void>()
  let closing = false

  const first = async (about: About, by: Means | null): Promise<CheckoutEnd> => {
    const { checkout } = about.started
    const sale = sell(options, about, by)
    sales.set(checkout, sale)
    try {
      const end = await sale
      return { ...end, done: { ...end.done, replayed: false } }
    } finally {
      sales.delete(checkout)
    }
  }
  const again = async (about: About): Promise<CheckoutEnd> => {
    const end = (await sales.get(about.started.checkout)) ?? (await endOf(options, about))
    if (end === null) throw inDoubt(about)
    return { ...end, done: { ...end.done, replayed: true } }
  }
  const run = async <Other extends NotStarted>(
    start: () => Promise<Done | Other>,
    by: PaysWith,
  ): Promise<CheckoutEnd | Other> => {
    const means = await meansOf(options, by)
    // The card may have been long in coming.
    if (closing) throw closed()
    const started = await start()
    if (!('event' in started)) return started
    // Under the same key, when nothing was to be paid.
    if (started.event.type === 'Purchased') return { kind: 'paid', done: started }
    const about = aboutOf(started.event)
    return started.replayed ? again(about) : first(about, means)
  }

  return {
    charge: async (start, by) => {
      if (closing) throw closed()
      if (all.size >= limits.atOnce) {
        throw new Unavailable('busy', 'too many cards are being charged: nothing was charged')
      }
      const running = run(start, by).finally(() => all.delete(running))
      all.add(running)
      return waited(running, limits.deadline, waiting)
    },
    close: async () => {
      closing = true
      const { promise: over, timer } = after(limits.closing)
      await Promise.race([Promise.allSettled(all), over])
      clearTimeout(timer)
      if (all.size === 0) return
      options.log(CUT_OFF)
      for (const giveUp of waiting) giveUp()
    },
  }
}

const LATE = 'The card gateway has not answered in time.'
const CUT_OFF =
  'cards were being charged when the server closed: their checkouts are in doubt until the gateway is asked'

const closed = (): Unavailable => new Unavailable('shutting_down', 'the server is closing: nothing was charged')

const inDoubt = ({ started }: About): Unavailable =>
  new Unavailable(
    'checkout_in_doubt',
    `Whether the card was charged for the checkout ${started.checkout} is not known yet.`,
    ASK_AGAIN,
  )

const aboutOf = ({ type, data, leaf, metadata }: LedgerEvent): About => {
  if (type !== 'CheckoutStarted') throw new TypeError(`${type} starts no checkout`)
  return { leaf, started: data, correlationId: metadata.correlationId }
}

/** Before anything begins: what cannot be read now refuses the request. `null`: the account keeps no card, or it is gone, or nobody can read it. */
const meansOf = async (options: ChargingOptions, by: PaysWith): Promise<Means | null> => {
  const { commands, secrets } = options
  if (by.kind === 'nonce') return { kind: 'nonce', nonce: by.nonce, store: true }
  const card = commands.locateCard(by.account)
  const token = card === null ? null : await tokenOf(secrets, card)
  if (token !== null) return { kind: 'card', token }
  // Another was kept meanwhile, and this one destroyed.
  return commands.locateCard(by.account) === card ? null : meansOf(options, by)
}

/** What is damaged, or lies under a lost key, is as good as gone: an operator is told, and whoever pays gives another card. */
const tokenOf = (secrets: Pick<SecretStore, 'get'>, card: string): Promise<string | null> =>
  secrets.get(cardName(card)).catch((error: unknown) => {
    if (error instanceof SecretUnreadable) return null
    throw error
  })

/** The one time that the gateway is asked to charge. */
const sell = async (options: ChargingOptions, about: About, means: Means | null): Promise<CheckoutEnd> => {
  const result = means === null ? NO_CARD : await ask(options, about, means)
  return insist(options, about, async () => {
    if (result.kind !== 'charged') return failCheckout(options, about, whyNot(result))
    const fate = await settleCharge(options, about, result)
    if (fate.kind === 'different') throw new Error(`the charge ${result.transaction} is not of the amount asked for`)
    return fate.kind === 'unwanted' ? fate.end : fate
  })
}

interface Unsold {
  readonly kind: 'unreachable'
}

const NO_CARD: SaleResult = { kind: 'refused', code: 'no_card', reason: 'The card is not kept any more.' }

/** A purchase's card is kept for renewals. Throws `Unavailable` where the gateway may have charged. */
const ask = async (options: ChargingOptions, about: About, means: Means): Promise<SaleResult | Unsold> => {
  const { checkout: orderId, amount, currency, purpose } = about.started
  const by = means.kind === 'nonce' ? { ...means, store: purpose !== 'recharge' } : means
  try {
    return await options.gateway.sale({ orderId, amount, currency, means: by })
  } catch (error) {
    if (error instanceof GatewayUnreachable) return { kind: 'unreachable' }
    const how = error instanceof GatewayUnknown ? reasonOf(error) : 'the gateway failed'
    options.log(`the checkout ${orderId} is in doubt: ${how}`)
    throw inDoubt(about)
  }
}

/** Characters of an event's text. */
const MOST = 256

const whyNot = (result: Exclude<SaleResult, { kind: 'charged' }> | Unsold): Why => {
  if (result.kind === 'unreachable') return { reason: result.kind }
  const detail = [...`${result.reason} (${result.code})`].slice(0, MOST).join('')
  return { reason: result.kind, detail }
}

/** What the gateway said is written down, however often that takes: the gateway is not asked again. */
const insist = async <End>(
  { limits, wait, log }: ChargingOptions,
  about: About,
  write: () => Promise<End>,
): Promise<End> => {
  let failure: unknown
  for (
    let [left, pause] = [limits.patience, FIRST_PAUSE];
    left >= 0;
    left -= pause, pause = Math.min(2 * pause, LAST_PAUSE)
  ) {
    try {
      return await write()
    } catch (error) {
      failure = error
      await wait(pause)
    }
  }
  log(`the checkout ${about.started.checkout} is in doubt: ${reasonOf(failure)}`)
  throw inDoubt(about)
}

/** Who waits gets an answer in time, or as soon as he is given up; the work goes on. */
const waited = <Value>(work: Promise<Value>, milliseconds: number, waiting: Set<() => void>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Unavailable('checkout_in_doubt', LATE, ASK_AGAIN))
    const timer = setTimeout(giveUp, milliseconds).unref()
    waiting.add(giveUp)
    const end = (): void => {
      clearTimeout(timer)
      waiting.delete(giveUp)
    }
    work.then(resolve, reject).finally(end)
  })

const after = (milliseconds: number) => {
  let timer: NodeJS.Timeout | undefined
  const promise = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds).unref()
  })
  return { promise, timer }
}
