import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../bench/support/requests.js'
import { type Client, Patience } from './support/client.js'
import { auditAll, auditAnswers, stopAll } from './support/last-audit.js'
import { Ledger } from './support/ledger.js'
import { load } from './support/load.js'
import { Node, type NodeOptions } from './support/node.js'
import { PortLog } from './support/port-log.js'
import { type Result, timesOf, type Wish } from './support/result.js'
import { until } from './support/server.js'
import { startStores } from './support/stores.js'
import { Traffic } from './support/traffic.js'

const ACCOUNTS = 10
const CLIENTS = 16
/** Milliseconds until a process that was started is ready, on a machine that does much else. */
const START = 60_000
/** Milliseconds; a command that has no answer by then gets 503 `outcome_unknown`. */
const LONG = 9_000
/** Milliseconds after which work must go on. */
const PATIENCE = 30_000

/** The event store, the server of the views, or both are killed, or frozen, and come back, under load on one process that decides and one that folds. `times`: seconds. */
export const servers = async (wish: Wish): Promise<Result> => {
  const seconds = timesOf(wish, { short: 20, long: 90 })
  const below = seeded(wish.seed)
  const stores = await startStores('servers')
  const { double, mongo } = stores
  const violations: string[] = []
  const wrong = (text: string): number => violations.push(text)
  const patience = new Patience()
  const node = (role: NodeOptions['role']) => new Node({ role, name: role, stores, patience, wrong })
  const [api, projector] = [node('api'), node('projector')]
  const nodes = [api, projector]
  const clients = (): readonly Client[] => (api.client === null ? [] : [api.client])
  const traffic = new Traffic({ accounts: ACCOUNTS, below, prefix: 'servers', mostRecharged: 2_000 })
  const ledger = new Ledger(join(stores.home, 'acknowledged.jsonl'))
  const log = new PortLog(stores.log)
  const audited = { ledger, log, traffic, below }
  const counts = { events: 0, views: 0, both: 0, frozen: 0 }
  const longest = { ready: 0, visible: 0 }

  let turn = 0
  /** Each fourth time so long that commands end before the store is back. */
  const away = (): number => (turn % 4 === 0 ? LONG : 200 + below(3_000))
  const troubles: Readonly<Record<keyof typeof counts, () => Promise<void>>> = {
    events: async () => {
      await double.kill()
      await sleep(away())
      await double.start()
    },
    views: async () => {
      await mongo.kill()
      await sleep(away())
      await mongo.restart()
    },
    both: async () => {
      await Promise.all([troubles.events(), troubles.views()])
    },
    frozen: async () => {
      double.freeze()
      await sleep(away())
      double.thaw()
    },
  }
  const kinds: readonly (keyof typeof counts)[] = ['events', 'views', 'both', 'frozen', 'events', 'views']

  /** A write of our own is answered, and its views have passed it. */
  const visible = async (): Promise<true | null> => {
    const { client } = api
    if (client === null) return null
    const { status, visible } = await client.ask(traffic.recharge('u0', 100).ask)
    return status === 200 && visible ? true : null
  }
  const breaker = async (): Promise<void> => {
    for (; !over(); turn += 1) {
      const kind = kinds[turn % kinds.length] ?? 'both'
      await sleep(500 + below(2_500))
      await troubles[kind]()
      counts[kind] += 1
      const back = performance.now()
      await Promise.all(nodes.map((one) => one.ready(PATIENCE)))
      longest.ready = Math.max(longest.ready, performance.now() - back)
      await until(PATIENCE, 'a write is visible', visible)
      longest.visible = Math.max(longest.visible, performance.now() - back)
    }
  }

  await Promise.all(nodes.map((one) => one.start()))
  await Promise.all(nodes.map((one) => one.ready(START)))
  const { client } = api
  if (client !== null) for (const name of traffic.names) await ledger.send(client, [traffic.recharge(name, 20_000)])
  const end = performance.now() + seconds * 1000
  let broken = false
  const over = (): boolean => performance.now() > end || violations.length > 0 || broken
  const breaking = breaker().catch((error: unknown) => {
    broken = true
    wrong(String(error))
  })
  await Promise.all([load({ clients, ledger, traffic, below, width: CLIENTS, over }), breaking])
  const answers = await auditAnswers(audited, clients())
  await stopAll(nodes, log, stores.views)
  const views = await auditAll(audited, stores)
  violations.push(...answers.violations, ...views.violations)
  if (patience.hung > 0) wrong(`${patience.hung} requests hung`)
  await stores.close(violations.length > 0)
  if (violations.length > 0) wrong(`kept: ${stores.home}`)
  return {
    figures: [
      `${CLIENTS} clients, ${seconds} s: ${counts.events} kills of the event store, ${counts.views} of the views, ${counts.both} of both, ${counts.frozen} times frozen`,
      `${log.events} events, ${ledger.acknowledged.size} writes acknowledged, ${ledger.refused} refused: lost ${ledger.lost}, doubled ${ledger.doubled}`,
      `${answers.unknown} unknown (${answers.stored} of them stored), each once after its retry`,
      `${views.compared} documents and rows equal a fresh fold`,
      `longest catch-up: ready ${Math.round(longest.ready)} ms after the server is back, a write visible after ${Math.round(longest.visible)} ms`,
      `longest answer ${patience.longest} ms, hung ${patience.hung}`,
    ].join('; '),
    violations,
  }
}
