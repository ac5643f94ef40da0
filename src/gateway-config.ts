import { join } from 'node:path'
import type { BraintreeOptions } from './gateway/braintree.js'
import { decimalsOf } from './ledger/currencies.js'
import { ConfigError } from './locations.js'
import { type Environment, oneOf, whole } from './settings.js'

/** Who charges cards. A private key is in here: never to be shown. */
export type GatewayConfig =
  | { readonly kind: 'sandbox'; readonly path: string }
  | ({ readonly kind: 'braintree' } & Omit<BraintreeOptions, 'ca'>)

const NAMES = [
  'COUNTERFOIL_BRAINTREE_ENVIRONMENT',
  'COUNTERFOIL_BRAINTREE_MERCHANT',
  'COUNTERFOIL_BRAINTREE_PUBLIC_KEY',
  'COUNTERFOIL_BRAINTREE_PRIVATE_KEY',
  'COUNTERFOIL_BRAINTREE_ACCOUNTS',
] as const
type Name = (typeof NAMES)[number]

/** Seconds. Who pays is waited for 45 s altogether. */
const LONGEST = 40

/** Throws `ConfigError`. */
export const gatewayConfig = (environment: Environment, data: string): GatewayConfig => {
  const kind = oneOf(environment, 'COUNTERFOIL_GATEWAY', ['sandbox', 'braintree'])
  const seconds = whole(environment, 'COUNTERFOIL_GATEWAY_SECONDS', 30, LONGEST)
  if (seconds === 0) throw new ConfigError('COUNTERFOIL_GATEWAY_SECONDS is 0; a charge needs at least 1')
  if (kind === 'braintree') return { kind, ...braintreeOf(environment), timeout: seconds * 1_000 }
  const stray = NAMES.find((name) => environment[name] !== undefined)
  if (stray !== undefined) {
    throw new ConfigError(
      `${stray} is set, but no card is charged with COUNTERFOIL_GATEWAY=sandbox; set it to braintree`,
    )
  }
  return { kind, path: join(data, 'gateway.db') }
}

const braintreeOf = (environment: Environment): Omit<BraintreeOptions, 'timeout' | 'ca'> => {
  const given = (name: Name, example: string): string => {
    const text = environment[name]
    if (text !== undefined) return text
    throw new ConfigError(`${name} is not set; with COUNTERFOIL_GATEWAY=braintree it must be ${example}`)
  }
  const secret = (name: Name): string => {
    const text = given(name, 'what the control panel of Braintree shows under API Keys')
    // The SDK puts them into a path and a header.
    if (/^[\w-]{1,128}$/.test(text)) return text
    throw new ConfigError(`${name} is no id or key of Braintree; it has letters, digits, '_' and '-' only`)
  }
  return {
    environment: placeOf(given('COUNTERFOIL_BRAINTREE_ENVIRONMENT', 'sandbox or production')),
    merchant: secret('COUNTERFOIL_BRAINTREE_MERCHANT'),
    publicKey: secret('COUNTERFOIL_BRAINTREE_PUBLIC_KEY'),
    privateKey: secret('COUNTERFOIL_BRAINTREE_PRIVATE_KEY'),
    accounts: accountsOf(
      given(
        'COUNTERFOIL_BRAINTREE_ACCOUNTS',
        'a merchant account for each currency, for example USD:acme_usd,EUR:acme_eur',
      ),
    ),
  }
}

const placeOf = (text: string): BraintreeOptions['environment'] => {
  if (text === 'sandbox' || text === 'production') return text
  if (/^https:\/\/[\w.-]+(?::\d{1,5})?$/.test(text) && URL.canParse(text)) return new URL(text)
  throw new ConfigError(
    `COUNTERFOIL_BRAINTREE_ENVIRONMENT is '${text}'; it must be sandbox, production, or https://<host>:<port>`,
  )
}

const accountsOf = (text: string): ReadonlyMap<string, string> => {
  const accounts = new Map<string, string>()
  for (const pair of text.split(',')) {
    const [, currency = '', account = ''] = /^([A-Z]{3}):([\w-]{1,64})$/.exec(pair) ?? []
    if (decimalsOf(currency) === undefined || accounts.has(currency)) {
      throw new ConfigError(
        `COUNTERFOIL_BRAINTREE_ACCOUNTS has '${pair}'; each currency once: USD:acme_usd,EUR:acme_eur`,
      )
    }
    accounts.set(currency, account)
  }
  return accounts
}
