import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { ACCOUNTS, MERCHANT, PRIVATE_KEY, PUBLIC_KEY, startDouble } from '../support/braintree/double.js'
import { cutAfter, silentAfter } from '../support/braintree/faults.js'
import { sale, uuid } from '../support/gateway/ground.js'
import { root } from '../support/root.js'
import { folder } from '../support/serving.js'

const at = (path: string): string => JSON.stringify(pathToFileURL(join(root, 'dist/src', path)).href)

const CHILD = `
  const { readConfig } = await import(${at('config.js')})
  const { openGateway } = await import(${at('stores.js')})
  const gateway = openGateway(readConfig(process.env), { log: console.log, clock: Date.now })
  const sale = await gateway.sale(${JSON.stringify(sale())}).catch((error) => error.code)
  console.log(JSON.stringify([sale, await gateway.find('${uuid(1)}')]))
  await gateway.close()`

t.test(
  'a process of its own is configured, trusts the authority that it is told, and ends when it is done',
  async (t) => {
    const double = await startDouble(t)
    const data = folder(t)
    const ca = join(data, 'ca.pem')
    writeFileSync(ca, double.ca)
    const run = async (extra: Record<string, string>) => {
      const env = {
        COUNTERFOIL_DATA: data,
        COUNTERFOIL_GATEWAY: 'braintree',
        COUNTERFOIL_GATEWAY_SECONDS: '3',
        COUNTERFOIL_BRAINTREE_ENVIRONMENT: double.url.origin,
        COUNTERFOIL_BRAINTREE_MERCHANT: MERCHANT,
        COUNTERFOIL_BRAINTREE_PUBLIC_KEY: PUBLIC_KEY,
        COUNTERFOIL_BRAINTREE_PRIVATE_KEY: PRIVATE_KEY,
        COUNTERFOIL_BRAINTREE_ACCOUNTS: [...ACCOUNTS].map((pair) => pair.join(':')).join(),
        ...extra,
      }
      const child = spawn(process.execPath, ['--input-type=module', '--eval', CHILD], { env })
      let said = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
      const [code] = await once(child, 'close')
      t.notMatch(said, new RegExp(`${PRIVATE_KEY}|${PUBLIC_KEY}|fake-valid-nonce`))
      return { code, said }
    }
    const stranger = await run({})
    t.match(stranger, { code: 1, said: /gateway_unreachable: .*SELF_SIGNED/ }, 'nobody vouches for it')
    t.same(double.bank.entries, [])
    t.match(await run({ NODE_EXTRA_CA_CERTS: ca }), { code: 0, said: /^\[\{"kind":"charged".*\[\{"transaction":/ })
    double.plan('sale', cutAfter)
    const cut = await run({ NODE_EXTRA_CA_CERTS: ca })
    t.match(cut, {
      code: 0,
      said: /^gateway_unknown: .*ECONNRESET.*\["gateway_unknown",\[\{"transaction".*\},\{"transaction"/s,
    })
    double.plan('sale', silentAfter)
    const silent = await run({ NODE_EXTRA_CA_CERTS: ca })
    t.match(silent, { code: 0, said: /no answer within 3 s.*\["gateway_unknown"/s })
    t.equal(double.bank.entries.length, 3)
  },
)
