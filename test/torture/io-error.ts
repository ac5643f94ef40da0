import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seeded } from '../../bench/support/requests.js'
import { compareBalances } from './support/balances.js'
import { Client } from './support/client.js'
import { drive } from './support/drive.js'
import { Ledger } from './support/ledger.js'
import { Log } from './support/log.js'
import { type Result, timesOf, type Wish } from './support/result.js'
import { launch, until } from './support/server.js'
import { Traffic } from './support/traffic.js'

/** The files whose fsync fails once: the writer's at each commit, the checkpointer's at a checkpoint, and its mark. */
const TARGETS = ['events.db-wal', 'events.db', 'events.mark'] as const

/**
 * One fsync fails with EIO, by strace. From then on nothing is acknowledged, until a new start; then what was unknown is resolved by its
 * key. `times`: servers, each with an error.
 */
export const ioError = async (wish: Wish): Promise<Result> => {
  if (spawnSync('strace', ['-V']).status !== 0) return { figures: 'left out: strace is not installed', violations: [] }
  const servers = timesOf(wish, { short: 3, long: 30 })
  const below = seeded(wish.seed)
  const data = mkdtempSync(join(tmpdir(), 'counterfoil-io-'))
  const trace = join(data, 'strace')
  const traffic = new Traffic({ accounts: 12, below, prefix: 'io' })
  const ledger = new Ledger(join(data, 'acknowledged.jsonl'))
  const log = new Log(join(data, 'events.db'))
  const violations: string[] = []
  const counts = { failed: 0, after: 0, unknown: 0, stored: 0 }

  const healthy = async (): Promise<void> => {
    const server = launch({ data })
    const client = new Client(await server.address)
    if (ledger.acknowledged.size === 0) {
      for (const name of traffic.names) await ledger.send(client, [traffic.recharge(name, 100_000)])
    }
    log.read()
    ledger.audit(log)
    counts.stored += [...ledger.unknown.keys()].filter((key) => log.byKey.has(key)).length
    counts.unknown += await ledger.resolve(client, log)
    log.read()
    ledger.audit(log)
    violations.push(...(await compareBalances(client, traffic.admin, log)))
    client.close()
    await server.stop('SIGTERM')
  }

  /** Milliseconds since 1970 when the error was injected; `null`: not yet. */
  const injected = (): number | null => {
    const [, seconds] =
      /^(?:\[pid +\d+\] +|\d+ +)?(\d+\.\d+) .*\(INJECTED\)/m.exec(
        existsSync(trace) ? readFileSync(trace, 'utf8') : '',
      ) ?? []
    return seconds === undefined ? null : Number(seconds) * 1000
  }

  const failing = async (target: string): Promise<void> => {
    rmSync(trace, { force: true })
    const when = target === 'events.db-wal' ? 5 + below(60) : 3 + below(4)
    const inject = `inject=fsync,fdatasync:error=EIO:when=${when}`
    const options = ['-e', 'trace=fsync,fdatasync', '-e', inject, '-P', join(data, target)]
    const server = launch({ data, under: ['strace', '-f', '-ttt', '-qq', '-o', trace, ...options] })
    const client = new Client(await server.address)
    const failed = async (): Promise<number | null> => {
      await drive({ client, ledger, traffic, below, milliseconds: 200 })
      return injected()
    }
    const at = await until(20_000, `fsync ${when} of ${target} fails`, failed)
    await drive({ client, ledger, traffic, below, milliseconds: 300 })
    counts.failed += 1
    const late = [...ledger.acknowledged].filter(([, { sentAt }]) => sentAt > at)
    counts.after += late.length
    for (const [key] of late.slice(0, 3)) violations.push(`${target}: ${key} was acknowledged after the error`)
    const { status, text } = await client.ask({ method: 'GET', path: '/ready', token: traffic.admin })
    if (status !== 503 || !text.includes('store_stopped')) violations.push(`/ready after the error: ${status} ${text}`)
    client.close()
    const pid: unknown = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')).pid
    process.kill(Number(pid), below(2) === 0 ? 'SIGKILL' : 'SIGTERM')
    await server.ended
  }

  await healthy()
  for (let done = 0; done < servers && violations.length === 0; done += 1) {
    await failing(TARGETS[done % TARGETS.length] ?? '')
    await healthy()
  }
  log.read()
  ledger.auditAll(log)
  ledger.close()
  violations.push(...ledger.violations, ...log.found())
  if (violations.length === 0) rmSync(data, { recursive: true })
  else violations.push(`kept: ${data}`)
  return {
    figures: `${counts.failed} failed fsyncs, acknowledged after one: ${counts.after}; ${ledger.acknowledged.size} acknowledged, lost ${ledger.lost}, doubled ${ledger.doubled}; ${counts.unknown} unknown (${counts.stored} of them stored) resolved by key`,
    violations,
  }
}
