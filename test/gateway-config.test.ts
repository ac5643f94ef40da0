import t from 'tap'
import { gatewayConfig } from '../src/gateway-config.js'

const KEYS = {
  COUNTERFOIL_GATEWAY: 'braintree',
  COUNTERFOIL_BRAINTREE_ENVIRONMENT: 'sandbox',
  COUNTERFOIL_BRAINTREE_MERCHANT: 'acme',
  COUNTERFOIL_BRAINTREE_PUBLIC_KEY: 'public',
  COUNTERFOIL_BRAINTREE_PRIVATE_KEY: 'private',
  COUNTERFOIL_BRAINTREE_ACCOUNTS: 'USD:acme_usd,JPY:acme-jpy',
}
const read = (environment: Record<string, string | undefined>) => gatewayConfig(environment, '/data')

t.test('without a setting nobody is charged', async (t) => {
  t.same(read({}), { kind: 'sandbox', path: '/data/gateway.db' })
  t.same(read({ COUNTERFOIL_GATEWAY: 'sandbox', COUNTERFOIL_GATEWAY_SECONDS: '5' }), read({}))
})

t.test('Braintree with all of its settings', async (t) => {
  t.same(read(KEYS), {
    kind: 'braintree',
    environment: 'sandbox',
    merchant: 'acme',
    publicKey: 'public',
    privateKey: 'private',
    accounts: new Map([
      ['USD', 'acme_usd'],
      ['JPY', 'acme-jpy'],
    ]),
    timeout: 30_000,
  })
  t.match(read({ ...KEYS, COUNTERFOIL_GATEWAY_SECONDS: '5' }), { timeout: 5_000 })
  t.match(read({ ...KEYS, COUNTERFOIL_BRAINTREE_ENVIRONMENT: 'production' }), { environment: 'production' })
  t.match(read({ ...KEYS, COUNTERFOIL_BRAINTREE_ENVIRONMENT: 'https://127.0.0.1:8443' }), {
    environment: new URL('https://127.0.0.1:8443'),
  })
})

t.test('Braintree without one of them is refused by its name', async (t) => {
  for (const name of Object.keys(KEYS).filter((key) => key !== 'COUNTERFOIL_GATEWAY'))
    t.throws(() => read({ ...KEYS, [name]: undefined }), {
      code: 'invalid_configuration',
      message: new RegExp(`^${name} is not set; with COUNTERFOIL_GATEWAY=braintree it must be`),
    })
})

t.test('its settings are not left over where it charges nothing', async (t) => {
  t.throws(() => read({ ...KEYS, COUNTERFOIL_GATEWAY: undefined }), {
    message: /^COUNTERFOIL_BRAINTREE_ENVIRONMENT is set, but no card is charged with COUNTERFOIL_GATEWAY=sandbox/,
  })
})

t.test('a setting that cannot be used is refused, and keys are not shown', async (t) => {
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['COUNTERFOIL_GATEWAY', 'stripe', /must be sandbox or braintree/],
    ['COUNTERFOIL_GATEWAY_SECONDS', '0', /at least 1/],
    ['COUNTERFOIL_GATEWAY_SECONDS', '41', /from 0 to 40/],
    ['COUNTERFOIL_BRAINTREE_ENVIRONMENT', 'test', /must be sandbox, production, or https:/],
    ['COUNTERFOIL_BRAINTREE_ENVIRONMENT', 'http://127.0.0.1:8080', /must be/],
    ['COUNTERFOIL_BRAINTREE_ENVIRONMENT', 'https://ann:x@127.0.0.1', /must be/],
    ['COUNTERFOIL_BRAINTREE_ENVIRONMENT', 'https://127.0.0.1:99999', /must be/],
    ['COUNTERFOIL_BRAINTREE_MERCHANT', 'a/b', /no id or key of Braintree/],
    ['COUNTERFOIL_BRAINTREE_PRIVATE_KEY', 'hunter2\n', /no id or key of Braintree/],
    ['COUNTERFOIL_BRAINTREE_PUBLIC_KEY', 'hunter2 ', /no id or key of Braintree/],
    ['COUNTERFOIL_BRAINTREE_ACCOUNTS', 'acme', /each currency once/],
    ['COUNTERFOIL_BRAINTREE_ACCOUNTS', 'USD:a,USD:b', /has 'USD:b'/],
    ['COUNTERFOIL_BRAINTREE_ACCOUNTS', 'XAU:a', /each currency once/],
    ['COUNTERFOIL_BRAINTREE_ACCOUNTS', 'USD:a,', /each currency once/],
  ]
  for (const [name, value, sentence] of wrong) {
    t.throws(() => read({ ...KEYS, [name]: value }), { code: 'invalid_configuration', message: sentence })
    t.throws(() => read({ ...KEYS, [name]: value }), { message: new RegExp(`^${name}(?!.*hunter2)`, 's') })
  }
})
