import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seeded } from '../../bench/support/requests.js'
import { compareBalances } from './support/balances.js'
import { type Ask, Client } from './support/client.js'
import { Log } from './support/log.js'
import { decimal } from './support/oracle.js'
import { type Result, timesOf, type Wish } from './support/result.js'
import { launch, tokenOf } from './support/server.js'

const CLIENTS = 64
const PAYERS = 10
/** Cents. */
const FUNDS = 10_000
const LIMIT = 2_500

/**
 * Many clients spend the funds of ten payers many times over, each request sent twice at once, money running in circles between the payers too.
 * No payer passes its limit at any event, and each key has one effect. `times`: requests per client.
 */
export const hostileLoad = async (wish: Wish): Promise<Result> => {
  const each = timesOf(wish, { short: 30, long: 400 })
  const below = seeded(wish.seed)
  const data = mkdtempSync(join(tmpdir(), 'counterfoil-hostile-'))
  const admin = tokenOf('operator', ['admin'])
  const payers = Array.from({ length: PAYERS }, (_, index) => `payer${index}`)
  const violations: string[] = []
  const acknowledged = new Set<string>()
  const refused = new Set<string>()
  const statuses: Record<string, number> = {}
  const server = launch({ data })
  const client = new Client(await server.address)

  const ready = async (ask: Ask): Promise<void> => {
    const { status, text } = await client.ask(ask)
    if (status >= 300 || status === 0) violations.push(`${ask.path}: ${status} ${text}`)
  }
  for (const [index, name] of [...payers, 'shop'].entries()) {
    const creditLimit = index % 2 === 0 ? decimal(BigInt(LIMIT)) : '0'
    await ready({ method: 'POST', path: '/v1/accounts', token: admin, body: { name, creditLimit } })
    const body = { trade_amount: decimal(BigInt(FUNDS)) }
    await ready({ method: 'PUT', path: `/bill/${name}/recharge`, token: admin, body })
  }

  const ask = (key: string): Ask => {
    const buyer = below(PAYERS)
    if (below(12) === 0) {
      const body = { trade_amount: decimal(BigInt(1 + below(FUNDS / 4))) }
      return { method: 'PUT', path: `/bill/payer${buyer}/recharge`, token: admin, key, body }
    }
    // Most money leaves the circle, so that the payers stay nearly dry.
    const seller = below(5) === 0 ? `payer${(buyer + 1 + below(PAYERS - 1)) % PAYERS}` : 'shop'
    const amount = decimal(BigInt(1 + below(FUNDS / 4)))
    const body = { buyer: `payer${buyer}`, seller, amount, authorize: below(4) === 0 }
    return { method: 'POST', path: '/v1/transfers', token: admin, key, body }
  }
  const worker = async (_: unknown, number: number): Promise<void> => {
    for (let index = 0; index < each; index += 1) {
      const key = `hostile-${number}-${index}`
      const same = ask(key)
      const replies = await Promise.all([client.ask(same), client.ask(same)])
      for (const { status, text } of replies) {
        statuses[status] = (statuses[status] ?? 0) + 1
        if (status === 200 || status === 201) acknowledged.add(key)
        else if (status === 402) refused.add(key)
        else violations.push(`${key}: ${status} ${text}`)
      }
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, worker))

  const log = new Log(join(data, 'events.db'))
  violations.push(...(await compareBalances(client, admin, log)), ...log.found())
  client.close()
  await server.stop('SIGTERM')
  for (const key of acknowledged) {
    const events = log.byKey.get(key)?.length ?? 0
    if (events !== 1) violations.push(`${key} was acknowledged and has ${events} events`)
  }
  for (const key of log.byKey.keys())
    if (!acknowledged.has(key)) violations.push(`${key} is in the log, unacknowledged`)
  rmSync(data, { recursive: true })
  const figures = `${CLIENTS} clients, ${PAYERS} payers, ${log.events} events, ${acknowledged.size} keys done, ${refused.size} refused (${JSON.stringify(statuses)}): none beyond its limit, one effect per key`
  return { figures, violations }
}
