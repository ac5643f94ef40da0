import type { Checkout } from '../ledger/checkout-document.js'
import { askUnwanted } from './ask-gateway.js'
import type { AskingOptions } from './asked.js'
import { createOneRun, type OneRun, type OneRunOptions, type RunEnd } from './one-run.js'
import { endOf } from './settle-charge.js'

export interface FailCheckoutOptions extends Omit<AskingOptions, 'random' | 'log' | 'pause'>, OneRunOptions {}

/** Somebody does not want what the gateway has charged instead of what was asked for. */
export interface AskedToFail {
  /** By our id, or by the number of the event that started it. */
  readonly checkout: string
  /** Who: a token's subject. */
  readonly by: string
  readonly correlationId: string
}

/** How the checkout has ended. */
export interface Failed {
  readonly checkout: string
  readonly account: string
  /** `failed`: what was charged is given back by itself. `paid`: the gateway has charged what was asked for after all. */
  readonly state: 'failed' | 'paid'
  /** What the gateway said. */
  readonly said: string
}

export type FailingEnd = RunEnd<Failed>

/** Nothing was done. */
class NotFailed extends Error {
  constructor(
    readonly code: 'checkout_not_found' | 'checkout_not_open' | 'checkout_not_in_doubt',
    detail: string,
  ) {
    super(detail)
  }
}

/**
 * Ends a checkout under which only charges of another amount or currency stand: nothing else would. May be asked for again. Fails with
 * `checkout_not_in_doubt` where there is no such charge, or where whoever charges it may still be doing so.
 */
export const createFailing = (options: FailCheckoutOptions): OneRun<AskedToFail, Failed> =>
  createOneRun(options, async ({ checkout: reference, by, correlationId }) => {
    const parts = { ...options, correlationId }
    const checkout = options.commands.locateCheckout(reference)
    if (checkout === null) throw new NotFailed('checkout_not_found', 'there is no such checkout')
    const { id, started, state } = checkout
    const names = { checkout: id, account: started.account }
    if (state !== 'open') {
      const end = await endOf(parts, { ...checkout, correlationId })
      const why = end?.kind === 'failed' ? end.why : null
      if (why?.reason !== 'not_found') throw new NotFailed('checkout_not_open', `the checkout ${id} is ${state}`)
      return { ...names, state: 'failed', said: why.detail ?? 'it knew of no charge' }
    }
    if (!isOld(options, checkout)) {
      throw new NotFailed('checkout_not_in_doubt', `the checkout ${id} may still be charged: ask again later`)
    }
    const { found, said } = await askUnwanted(parts, checkout, by)
    if (found === 'paid' || found === 'failed') return { ...names, state: found, said }
    throw found === 'missed'
      ? new NotFailed(
          'checkout_not_in_doubt',
          `the gateway has charged nothing for the checkout ${id}: it ends by itself`,
        )
      : new NotFailed('checkout_not_open', `the checkout ${id} has ended just now`)
  })

const isOld = ({ file, clock, settleAfter }: FailCheckoutOptions, { id, started }: Checkout): boolean => {
  const charges = file.account(started.account)?.own?.charges ?? []
  return charges.some((one) => one.id === id && clock() >= Date.parse(one.since) + settleAfter)
}
