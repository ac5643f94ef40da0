import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../bench/support/requests.js'
import { type Client, Patience } from './support/client.js'
import { auditAll, auditAnswers, stopAll } from './support/last-audit.js'
import { inParallel, Ledger } from './support/ledger.js'
import { load } from './support/load.js'
import { Node, type NodeOptions } from './support/node.js'
import { PortLog } from './support/port-log.js'
import { Rebuilds } from './support/rebuilds.js'
import { type Result, timesOf, type Wish } from './support/result.js'
import { Standstill } from './support/standstill.js'
import { startStores } from './support/stores.js'
import { Traffic } from './support/traffic.js'
import { Twins } from './support/twins.js'

const PAYERS = 10
const CLIENTS = 64
/** Keys that go to both processes at once when nobody is killed any more. */
const CALM = 40
/** Milliseconds until a process that was started is ready, on a machine that does much else. */
const START = 60_000
/** Milliseconds within which a projector that waits takes over, and half as many again for a machine that does much else. */
const TAKEOVER = 15_000
/** Two processes that decide and two that fold, on one event store and one server of the views, killed at random under load. `times`: seconds. */
export const cluster = async (wish: Wish): Promise<Result> => {
  const seconds = timesOf(wish, { short: 12, long: 60 })
  const below = seeded(wish.seed)
  const stores = await startStores('cluster')
  const violations: string[] = []
  const wrong = (text: string): number => violations.push(text)
  const patience = new Patience()
  const node = (role: NodeOptions['role'], name: string) => new Node({ role, name, stores, patience, wrong })
  const apis = [node('api', 'api-1'), node('api', 'api-2')]
  const projectors = [node('projector', 'projector-1'), node('projector', 'projector-2')]
  const nodes = [...apis, ...projectors]
  const clients = (): readonly Client[] => apis.flatMap(({ client }) => client ?? [])
  const traffic = new Traffic({ accounts: PAYERS, below, prefix: 'cluster', mostRecharged: 200 })
  const ledger = new Ledger(join(stores.home, 'acknowledged.jsonl'))
  const log = new PortLog(stores.log)
  const audited = { ledger, log, traffic, below }
  const twins = new Twins(traffic, below)
  const rebuilds = new Rebuilds(traffic.admin)
  const kills = { api: 0, projector: 0, starting: 0 }

  const starting: Promise<void>[] = []
  /** It may be starting just now: one time in four nobody waits until it listens. */
  const killAndStart = async (victim: Node): Promise<void> => {
    if (victim.client === null) kills.starting += 1
    kills[victim.role === 'api' ? 'api' : 'projector'] += 1
    await victim.kill()
    if (below(4) === 0) victim.forget()
    await sleep(below(1_000))
    const started = victim.start()
    starting.push(started)
    if (below(4) > 0) await started
  }
  /** One of them, or now and then all, after so many milliseconds. */
  const killer = async (victims: readonly Node[], pause: readonly [number, number]): Promise<void> => {
    while (!over()) {
      await sleep(pause[0] + below(pause[1] - pause[0]))
      const one = below(victims.length)
      const chosen = below(8) === 0 ? victims : victims.slice(one, one + 1)
      if (!over()) await Promise.all(chosen.map(killAndStart))
    }
  }
  const rebuilder = async (): Promise<void> => {
    while (!over()) {
      await sleep(1_000 + below(4_000))
      const there = projectors.flatMap(({ address }) => address ?? [])
      const address = there[below(Math.max(1, there.length))]
      if (address !== undefined && !over()) await rebuilds.ask(address)
    }
  }

  await Promise.all(nodes.map((one) => one.start()))
  await Promise.all(nodes.map((one) => one.ready(START)))
  const [first] = clients()
  if (first !== undefined) for (const name of traffic.names) await ledger.send(first, [traffic.recharge(name, 5_000)])
  const standstill = new Standstill({
    views: stores.views,
    written: () => ledger.acknowledged.size,
    since: () => projectors.flatMap(({ since }) => since ?? []),
  })
  const end = performance.now() + seconds * 1000
  const over = (): boolean => performance.now() > end || violations.length > 0
  await Promise.all([
    load({ clients, ledger, traffic, twins, below, width: CLIENTS, over }),
    killer(apis, [500, 3_500]),
    killer(projectors, [2_000, 8_000]),
    rebuilder(),
  ])
  await standstill.stop()
  await Promise.all(starting)
  await Promise.all(nodes.map((one) => one.ready(START)))
  await inParallel(Array.from({ length: CALM }), 8, async () => {
    const [one, other] = clients()
    if (one !== undefined && other !== undefined) await twins.send(one, other)
  })
  const answers = await auditAnswers(audited, clients())
  await twins.audit(log, clients())
  await stopAll(nodes, log, stores.views)
  const views = await auditAll(audited, stores)
  violations.push(...answers.violations, ...twins.violations, ...rebuilds.violations, ...views.violations)
  if (standstill.takeover > TAKEOVER) wrong(`nobody took the views over within ${TAKEOVER} ms`)
  if (twins.answered.equal === 0 || twins.answered.different === 0) wrong('no key reached both apis')
  if (patience.hung > 0) wrong(`${patience.hung} requests hung`)
  await stores.close(violations.length > 0)
  if (violations.length > 0) wrong(`kept: ${stores.home}`)
  return {
    figures: [
      `${CLIENTS} clients, ${PAYERS} payers, ${seconds} s: ${kills.api} kills of apis and ${kills.projector} of projectors, ${kills.starting} of them while starting`,
      `${log.events} events, ${ledger.acknowledged.size} writes acknowledged, ${ledger.refused} refused: lost ${ledger.lost}, doubled ${ledger.doubled}; beyond a limit: ${log.oracle.violations.length}`,
      `${answers.unknown} unknown (${answers.stored} of them stored), each once after its retry`,
      `${twins.count} keys at both apis at once: ${twins.answered.equal} with equal bodies, ${twins.answered.different} with different ones`,
      `${views.compared} documents and rows equal a fresh fold; ${rebuilds.done} rebuilds done, ${rebuilds.broken} killed, ${rebuilds.failed.length} failed (${[...new Set(rebuilds.failed)].join(' | ')})`,
      `longest answer ${patience.longest} ms, hung ${patience.hung}; takeover of the lease at most ${Math.round(standstill.takeover)} ms, views stood still for at most ${Math.round(standstill.longest)} ms`,
    ].join('; '),
    violations,
  }
}
