import braintree, { type BraintreeGateway } from 'braintree'
import { GatewayUnknown, GatewayUnreachable } from '../port.js'
import { Watch } from './watch.js'

export interface BraintreeOptions {
  /** Which of Braintree's two, or a double of them: `https://host:port`. */
  readonly environment: 'sandbox' | 'production' | URL
  readonly merchant: string
  readonly publicKey: string
  readonly privateKey: string
  /** Currency → the merchant account that takes money in it. */
  readonly accounts: ReadonlyMap<string, string>
  /** Milliseconds that a call of the port may take, all its requests together. */
  readonly timeout: number
  /** Of an authority in PEM that is trusted beside the system's: for a double. */
  readonly ca?: string
}

/** Asks one question. Rejects with `GatewayUnreachable` or `GatewayUnknown`. */
export type Ask = <Reply>(question: (sdk: BraintreeGateway) => Promise<Reply>) => Promise<Reply>

/** Does what a call of the port does, within its time. */
export type Within = <Result>(work: (ask: Ask) => Promise<Result>) => Promise<Result>

export const createCalls =
  (options: BraintreeOptions): Within =>
  async (work) => {
    const ending = new AbortController()
    const late = new Promise<never>((_, reject) => {
      ending.signal.addEventListener('abort', () => reject(LATE))
    })
    late.catch(() => undefined)
    const timer = setTimeout(() => ending.abort(), options.timeout)
    const ask: Ask = async (question) => {
      const watch = new Watch(ending.signal, options.ca)
      try {
        return await Promise.race([late, question(sdkOf(options, watch))])
      } catch (error) {
        throw judge(error, watch, options.timeout)
      }
    }
    try {
      return await work(ask)
    } finally {
      clearTimeout(timer)
    }
  }

const LATE = new Error('late')

const sdkOf = (options: BraintreeOptions, watch: Watch): BraintreeGateway => {
  const { merchant: merchantId, publicKey, privateKey, timeout } = options
  const environment = environmentOf(options.environment)
  const sdk = new braintree.BraintreeGateway({
    environment,
    merchantId,
    publicKey,
    privateKey,
    customHttpAgent: watch,
  })
  // Its own time counts silence between two packets only.
  sdk.config.timeout = timeout
  return sdk
}

/** Where its SDK sends requests. */
export const environmentOf = (environment: BraintreeOptions['environment']): braintree.Environment => {
  if (environment === 'sandbox') return braintree.Environment.Sandbox
  if (environment === 'production') return braintree.Environment.Production
  const { hostname, port, href } = environment
  return new braintree.Environment(hostname, port || '443', href, true, hostname, port || '443')
}

/** The SDK's words for answers that say: nothing was done. */
const TURNED_AWAY: ReadonlyMap<unknown, string> = new Map([
  ['authenticationError', 'Braintree does not take our keys (401)'],
  ['authorizationError', 'Braintree does not allow us this (403)'],
  ['notFoundError', 'Braintree has no such merchant, or no such transaction (404)'],
  ['upgradeRequired', 'Braintree wants a newer version of its SDK (426)'],
  ['tooManyRequestsError', 'Braintree was asked too often (429)'],
])

/** What the SDK says is not repeated: it might hold what we sent. */
const judge = (error: unknown, watch: Watch, timeout: number): Error => {
  const away = error instanceof Error && 'type' in error ? TURNED_AWAY.get(error.type) : undefined
  if (away !== undefined) return new GatewayUnreachable(`${away}; nothing was charged`)
  const why = error === LATE ? `no answer within ${timeout / 1_000} s` : whyOf(watch)
  return watch.sent
    ? new GatewayUnknown(`Braintree's answer is not known: ${why}`)
    : new GatewayUnreachable(`Braintree cannot be reached: ${why}; nothing was charged`)
}

const whyOf = ({ broken, status }: Watch): string =>
  broken === null ? `it answered ${status}` : `the connection failed (${broken})`
