import type { Test } from 'tap'
import { type BraintreeOptions, createBraintree } from '../../../src/gateway/braintree.js'
import type { Gateway } from '../../../src/gateway/port.js'
import { ACCOUNTS, type Double, MERCHANT, PRIVATE_KEY, PUBLIC_KEY, startDouble } from './double.js'

export const optionsFor = (
  { url, ca }: Pick<Double, 'url' | 'ca'>,
  more: Partial<BraintreeOptions> = {},
): BraintreeOptions => ({
  environment: url,
  merchant: MERCHANT,
  publicKey: PUBLIC_KEY,
  privateKey: PRIVATE_KEY,
  accounts: ACCOUNTS,
  timeout: 5_000,
  ca,
  ...more,
})

/** The adapter before a double of its own. */
export const start = async (
  t: Test,
  more: Partial<BraintreeOptions> = {},
): Promise<{ gateway: Gateway; double: Double }> => {
  const double = await startDouble(t)
  const gateway = createBraintree(optionsFor(double, more))
  t.teardown(() => gateway.close())
  return { gateway, double }
}
