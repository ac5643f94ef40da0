import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import type { LedgerEvent } from '../../events/envelope.js'
import type { Config } from '../../src/config.js'
import { openEventLog, openSecretStore } from '../../src/stores.js'
import { decode } from '../support/loop.js'
import { publishService } from '../support/publish-service.js'
import { configOf, folder, ready, type Serving, serve } from '../support/serving.js'

const KILLS = Number.parseInt(process.env.COUNTERFOIL_RUNS ?? '', 10) || 2
const AT_ONCE = 4

const credentialsOf = (id: string) => ({
  uri: `db://${id}`,
  hostname: 'host',
  port: '1',
  name: id,
  username: 'ann',
  password: `of ${id}`,
})

/** Instances come, and every other one goes, until nobody answers any more. */
const load = async ({ ask }: Serving, draw: () => string, acknowledged: Set<string>): Promise<void> => {
  for (let turn = 0; ; turn += 1) {
    const id = draw()
    const body = { instance: id, service: 'db', owner: 'alice', credentials: credentialsOf(id) }
    if ((await ask('POST', '/v1/instances', body)).status === 201) acknowledged.add(id)
    if (turn % 2 === 0) await ask('POST', `/v1/instances/${id}/deprovision`, {})
  }
}

const logOf = async (config: Config): Promise<readonly LedgerEvent[]> => {
  const log = await openEventLog(config.events, { waking: null, log: () => undefined })
  const recorded = await log.readLog({ after: null, max: 100_000 })
  await log.close()
  return recorded.map((one, leaf) => ({ ...decode(one), leaf }))
}

t.test(
  'kill -9 between secret and event: what runs has its credentials, and asking again ends what is gone',
  async (t) => {
    const data = folder(t)
    const config = configOf(data)
    await publishService(config)
    const acknowledged = new Set<string>()
    let drawn = 0
    const draw = (): string => {
      drawn += 1
      return `i-${drawn}`
    }
    for (let kill = 0; kill < KILLS; kill += 1) {
      const server = await serve(t, data)
      await ready(server.ask)
      await server.ask('POST', '/v1/accounts', { name: 'alice' })
      const clients = Array.from({ length: AT_ONCE }, () => load(server, draw, acknowledged).catch(() => undefined))
      await wait(200 + ((kill * 211) % 600))
      await server.kill()
      await Promise.all(clients)
    }
    const gone = new Set<string>()
    for (const event of await logOf(config)) if (event.type === 'InstanceDeprovisioned') gone.add(event.data.instance)
    const last = await serve(t, data)
    await ready(last.ask)
    for (const id of gone) t.equal((await last.ask('POST', `/v1/instances/${id}/deprovision`, {})).status, 409)
    await last.server.close()

    const secrets = await openSecretStore(config.secrets, () => undefined)
    t.teardown(() => secrets.close())
    const provisioned = new Map<string, string>()
    for (const { type, data } of await logOf(config)) {
      if (type === 'InstanceProvisioned') provisioned.set(data.instance, data.credentials)
    }
    for (const id of acknowledged) t.ok(provisioned.has(id), `${id} was acknowledged`)
    for (const [id, credentials] of provisioned) {
      const text = await secrets.get(`instance/${credentials}`)
      t.equal(text, gone.has(id) ? null : JSON.stringify(credentialsOf(id)), id)
    }
    t.ok(acknowledged.size > 0)
    t.comment(`${KILLS} kills, ${drawn} asked for, ${provisioned.size} provisioned, ${gone.size} gone`)
  },
)
