import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../bench/support/requests.js'
import { compareBalances } from './support/balances.js'
import { Client, codeOf } from './support/client.js'
import { drive } from './support/drive.js'
import { Ledger } from './support/ledger.js'
import { Log } from './support/log.js'
import { type Result, timesOf, type Wish } from './support/result.js'
import { launch, type Running, until } from './support/server.js'
import { Traffic } from './support/traffic.js'

const MEBIBYTES = 16
const RECOVERY_MS = 15_000

/** Which files lie on the small disk. */
const layouts = [
  {
    name: 'events alone',
    env: (small: string) => ({ COUNTERFOIL_EVENTS: `sqlite:${join(small, 'events.db')}` }),
    data: false,
  },
  { name: 'everything', env: () => ({}), data: true },
] as const

/** A disk that runs full, gets space again, and runs full again, with a kill -9 in between. `times`: how often it runs full, per layout. */
export const diskFull = async (wish: Wish): Promise<Result> => {
  const small = mkdtempSync(join(tmpdir(), 'counterfoil-small-'))
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${MEBIBYTES}m`, 'none', small]).status !== 0) {
    rmSync(small, { recursive: true })
    return { figures: 'left out: mounting a small tmpfs needs root', violations: [] }
  }
  const figures: string[] = []
  const violations: string[] = []
  try {
    for (const layout of layouts) {
      const round = await run(wish, small, layout)
      figures.push(`${layout.name}: ${round.figures}`)
      violations.push(...round.violations.map((text) => `${layout.name}: ${text}`))
    }
  } finally {
    spawnSync('umount', ['-l', small])
    rmSync(small, { recursive: true })
  }
  return { figures: figures.join('; '), violations }
}

const run = async (wish: Wish, small: string, layout: (typeof layouts)[number]): Promise<Result> => {
  const fillings = timesOf(wish, { short: 2, long: 10 })
  const below = seeded(wish.seed)
  const other = mkdtempSync(join(tmpdir(), 'counterfoil-large-'))
  const home = join(small, layout.data ? 'all' : 'events')
  const data = layout.data ? home : other
  spawnSync('mkdir', [home])
  const env = layout.env(home)
  const ballast = join(small, 'ballast')
  const traffic = new Traffic({ accounts: 12, below, prefix: `full-${layout.data}` })
  const ledger = new Ledger(join(other, 'acknowledged.jsonl'))
  const log = new Log(join(home, 'events.db'))
  const violations: string[] = []
  const counts = { full: 0, killed: 0, slowest: 0 }
  let server: Running = launch({ data, env })
  let client = new Client(await server.address)

  const readiness = () => client.ask({ method: 'GET', path: '/ready', token: traffic.admin })
  const probe = async () => {
    const operation = traffic.recharge(traffic.names[0] ?? '', 100)
    const reply = await client.ask(operation.ask)
    if (reply.status === 200) return true
    return null
  }
  /** Leaves so many KiB. */
  const fill = (left: number): void => {
    const { bavail, bsize } = statfsSync(small)
    try {
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left * 1024)))
    } catch {
      // The server took the space meanwhile: the disk is full.
    }
  }
  const seen = async (): Promise<void> => {
    const full = async (): Promise<true | null> => {
      await drive({ client, ledger, traffic, below, milliseconds: 200 })
      const { status, text } = await client.ask(traffic.recharge(traffic.names[0] ?? '', 100).ask)
      if (status === 503 && codeOf({ text }) === 'disk_full') return true
      if (status !== 200 && status !== 503) violations.push(`on a full disk: ${status} ${text}`)
      return null
    }
    await until(30_000, 'a 503 disk_full', full)
    counts.full += 1
    const { status, text } = await readiness()
    if (status !== 503 || !text.includes('disk_full')) violations.push(`/ready on a full disk: ${status} ${text}`)
  }
  const recovered = async (): Promise<void> => {
    const start = performance.now()
    await until(RECOVERY_MS, 'writes are taken again', probe)
    await until(RECOVERY_MS, 'it is ready again', async () => ((await readiness()).status === 200 ? true : null)).catch(
      async (error: unknown) => violations.push(`${error}: ${(await readiness()).text}`),
    )
    counts.slowest = Math.max(counts.slowest, performance.now() - start)
  }
  const audit = async (): Promise<void> => {
    log.read()
    ledger.audit(log)
    await ledger.resolve(client, log)
    log.read()
    ledger.audit(log)
    violations.push(...(await compareBalances(client, traffic.admin, log)))
  }
  const killed = async (): Promise<void> => {
    client.close()
    await server.stop('SIGKILL')
    server = launch({ data, env })
    counts.killed += 1
    await sleep(1_000)
    rmSync(ballast)
    client = new Client(await server.address)
  }

  for (const name of traffic.names) await ledger.send(client, [traffic.recharge(name, 100_000)])
  try {
    for (let round = 0; round < fillings && violations.length === 0; round += 1) {
      fill(below(900))
      await seen()
      if (round % 2 === 1) await killed()
      else rmSync(ballast)
      await recovered()
      await audit()
    }
  } catch (error) {
    violations.push(`${error}`, ...server.said, (await readiness()).text)
  }
  client.close()
  const code = await server.stop('SIGTERM')
  if (code !== 0 && violations.length === 0) violations.push(`it stopped with ${code}: ${server.said.join(' | ')}`)
  log.read()
  ledger.auditAll(log)
  ledger.close()
  violations.push(...ledger.violations, ...log.found())
  rmSync(home, { recursive: true })
  rmSync(ballast, { force: true })
  rmSync(other, { recursive: true })
  return {
    figures: `${counts.full} times full (${counts.killed} kills then), ready again in ${Math.round(counts.slowest)} ms at most, ${ledger.acknowledged.size} acknowledged, lost ${ledger.lost}, doubled ${ledger.doubled}`,
    violations,
  }
}
