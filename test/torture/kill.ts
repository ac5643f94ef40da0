import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../bench/support/requests.js'
import { compareBalances } from './support/balances.js'
import { Client } from './support/client.js'
import { drive } from './support/drive.js'
import { Ledger } from './support/ledger.js'
import { Log } from './support/log.js'
import { type Result, timesOf, type Wish } from './support/result.js'
import { CLI, environment, launch } from './support/server.js'
import { Traffic } from './support/traffic.js'

const ACCOUNTS = 24
const STARTUP_MS = 700

/** SIGKILL (and now and then SIGTERM) at random moments, also while it starts and catches up; then every acknowledged write is there once. `times`: kills. */
export const kill = async (wish: Wish): Promise<Result> => {
  const kills = timesOf(wish, { short: 5, long: 200 })
  const below = seeded(wish.seed)
  const data = mkdtempSync(join(tmpdir(), 'counterfoil-kill-'))
  const traffic = new Traffic({ accounts: ACCOUNTS, below, prefix: 'kill' })
  const ledger = new Ledger(join(data, 'acknowledged.jsonl'))
  const log = new Log(join(data, 'events.db'))
  const violations: string[] = []
  const counts = { starting: 0, politely: 0, unknown: 0, stored: 0, repeated: 0, rate: 0 }

  const audit = async (client: Client): Promise<void> => {
    log.read()
    ledger.audit(log)
    counts.stored += [...ledger.unknown.keys()].filter((key) => log.byKey.has(key)).length
    counts.unknown += await ledger.resolve(client, log)
    log.read()
    ledger.audit(log)
    const keys = [...ledger.acknowledged.keys()]
    const again = [...keys.slice(-10), ...Array.from({ length: 10 }, () => keys[below(keys.length)] ?? '')]
    await ledger.repeat(client, again)
    counts.repeated += again.length
    violations.push(...(await compareBalances(client, traffic.admin, log)))
    ledger.audit(log)
  }

  /** Views and write model are disposable: without them a start is a long catch-up. */
  const dispose = (): void => {
    for (const name of [['views'], ['write-model'], ['views', 'write-model']][below(3)] ?? []) {
      for (const suffix of ['.db', '.db-wal', '.db-shm', '.clean']) rmSync(join(data, name + suffix), { force: true })
    }
  }

  const killInStart = async (): Promise<void> => {
    const server = launch({ data })
    await Promise.race([sleep(below(STARTUP_MS)), server.ended])
    await server.stop('SIGKILL')
    if (server.said.length > 0) violations.push(`a start that was killed said: ${server.said.join(' | ')}`)
    counts.starting += 1
  }

  const first = launch({ data })
  const opening = new Client(await first.address)
  for (const name of traffic.names) await ledger.send(opening, [traffic.recharge(name, 100_000)])
  counts.rate = (await drive({ client: opening, ledger, traffic, below, milliseconds: 1_500 })) / 2
  opening.close()
  await first.stop('SIGKILL')
  for (let done = 1; done < kills && violations.length + ledger.violations.length === 0; done += 1) {
    if (below(5) === 0) dispose()
    if (below(4) === 0) {
      await killInStart()
      continue
    }
    const server = launch({ data })
    const client = new Client(await server.address)
    await audit(client)
    const running = drive({ client, ledger, traffic, below, milliseconds: 5_000, rate: counts.rate })
    await sleep(50 + below(900))
    const politely = below(8) === 0
    const code = await server.stop(politely ? 'SIGTERM' : 'SIGKILL')
    if (politely && code !== 0) violations.push(`asked to stop under load it ended with ${code}`)
    if (politely) counts.politely += 1
    client.close()
    await running
    violations.push(...server.said.map((line) => `the server said: ${line}`))
    if (done % 20 === 0) console.error(`  ${done} kills, ${ledger.acknowledged.size} acknowledged`)
  }

  const last = launch({ data })
  const client = new Client(await last.address)
  await audit(client)
  client.close()
  const code = await last.stop('SIGTERM')
  if (code !== 0) violations.push(`it stopped with ${code}: ${last.said.join(' | ')}`)
  const whole = new Log(join(data, 'events.db'))
  whole.read()
  ledger.auditAll(whole)
  const trial = spawnSync(process.execPath, [CLI, 'trial-balance'], { env: { ...process.env, ...environment(data) } })
  if (trial.status !== 0) violations.push(`trial-balance: ${trial.stdout}${trial.stderr}`)
  ledger.close()
  violations.push(...ledger.violations, ...log.found(), ...whole.found())
  if (violations.length === 0) rmSync(data, { recursive: true })
  else violations.push(`kept: ${data}`)
  return {
    figures: [
      `${kills} kills (${counts.starting} while starting, ${counts.politely} by SIGTERM) at ${Math.round(counts.rate)} requests/s`,
      `${whole.events} events, ${ledger.acknowledged.size} writes acknowledged: lost ${ledger.lost}, doubled ${ledger.doubled}`,
      `${counts.unknown} unknown (${counts.stored} of them stored), each once after its retry; ${counts.repeated} replies repeated`,
    ].join('; '),
    violations,
  }
}
