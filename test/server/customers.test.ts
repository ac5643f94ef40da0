import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import t from 'tap'
import { startServer } from '../../src/server.js'
import { root } from '../support/root.js'
import { asking, configOf, folder, ready, tokenFor } from '../support/serving.js'

const filesOf = (data: string): readonly string[] =>
  readdirSync(data, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

const FIELDS = ['name', 'billing_address', 'country', 'city', 'postal', 'region'] as const
const PEOPLE = 34

t.test('the country of an address is looked for in the table of taxes', async (t) => {
  const config = configOf(folder(t), { COUNTERFOIL_TAX_RATES: join(root, 'demo/tax-rates.json') })
  const server = await startServer({ config, log: () => undefined })
  t.teardown(() => server.close())
  const ask = asking(server.address, tokenFor(config, 'admin', ['admin']))
  await ready(ask)
  await ask('POST', '/v1/accounts', { name: 'ann' })
  for (const [country, taxCountry] of [
    ['singapore', 'SG'],
    ['SGP', 'SG'],
    ['Atlantis', null],
  ] as const) {
    const reply = await ask('PUT', '/v1/accounts/ann/customer', { name: 'Ann', country, postal: '1' })
    t.equal(JSON.parse(reply.text).taxCountry, taxCountry, country)
  }
})

t.test('of 200 personal values none is in any file or log, and none is left when they are erased', async (t) => {
  const data = folder(t)
  const config = configOf(data)
  const said: string[] = []
  const stream = new Writable({
    write: (chunk: unknown, _, done) => {
      said.push(String(chunk))
      done()
    },
  })
  const server = await startServer({ config, log: (message) => said.push(message), logger: { level: 'trace', stream } })
  t.teardown(() => server.close())
  const admin = asking(server.address, tokenFor(config, 'admin', ['admin']))
  await ready(admin)

  const values: string[] = []
  const nowhere = (when: string): void => {
    const files = filesOf(data)
    t.ok(files.some((file) => file.endsWith('secrets.db')))
    for (const bytes of [...files.map((file) => readFileSync(file)), Buffer.from(said.join('\n'))]) {
      const found = values.filter((value) => bytes.includes(value) || bytes.includes(btoa(value).slice(0, 20)))
      t.equal(found.length, 0, when)
    }
  }
  const people = Array.from({ length: PEOPLE }, (_, n) => {
    const ask = asking(server.address, tokenFor(config, `p-${n}`))
    const address = Object.fromEntries(FIELDS.map((field) => [field, randomBytes(12).toString('hex')]))
    values.push(...Object.values(address))
    return { name: `p-${n}`, ask, address }
  })
  t.ok(values.length > 200)
  for (const { name, ask, address } of people) {
    await admin('POST', '/v1/accounts', { name })
    t.equal((await ask('POST', '/payment/billing_address/', address, { 'idempotency-key': 'k' })).status, 200)
    const wrong = await ask('POST', '/payment/billing_address/', { ...address, extra: 1, postal: 5 })
    t.notOk(values.some((value) => wrong.text.includes(value)))
    t.match(JSON.parse((await ask('GET', '/payment/billing_address/')).text).data, address)
    t.equal((await admin('GET', `/v1/accounts/${name}/history`)).status, 200)
  }
  nowhere('while it runs')
  for (const { name, ask } of people) {
    t.equal((await admin('POST', `/v1/accounts/${name}/erase`)).status, 200)
    t.equal(JSON.parse((await ask('GET', '/payment/billing_address/')).text).data, null)
  }
  nowhere('when they are erased')
  await server.close()
  nowhere('when it is closed')

  const again = await startServer({ config, log: (message) => said.push(message) })
  t.teardown(() => again.close())
  await ready(asking(again.address, tokenFor(config, 'admin', ['admin'])))
  const late = asking(again.address, tokenFor(config, 'p-0'))
  t.equal(JSON.parse((await late('GET', '/payment/billing_address/')).text).data, null, 'also after a restart')
  const repeated = await late('POST', '/payment/billing_address/', people[0]?.address, { 'idempotency-key': 'k' })
  t.strictSame([repeated.status, repeated.headers.get('idempotent-replayed')], [200, 'true'])
  t.equal(
    JSON.parse((await late('GET', '/payment/billing_address/')).text).data,
    null,
    'a repetition brings nothing back',
  )
})
