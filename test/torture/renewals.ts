import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../bench/support/requests.js'
import type { DataOf } from '../../events/catalogue.js'
import { addDays, stepFrom } from '../../src/ledger/calendar.js'
import { createDateIn } from '../../src/ledger/zone.js'
import { openSqliteEventLog } from '../../src/store/sqlite.js'
import { published } from '../support/facts.js'
import { decode } from '../support/loop.js'
import { publishInto } from '../support/on-sale.js'
import { Client } from './support/client.js'
import { inParallel } from './support/ledger.js'
import { type Result, timesOf, type Wish } from './support/result.js'
import { CLI, environment, launch, tokenOf } from './support/server.js'

const ZONE = 'Asia/Shanghai'
const PRICE = 3n

interface Plan {
  readonly account: string
  readonly anchor: string
  readonly unit: 'month' | 'year'
  /** Periods charged so far. */
  paid: number
  over: boolean
}

/** What the log says of every subscription, and what is wrong with it. */
const audit = async (
  data: string,
): Promise<{ readonly plans: ReadonlyMap<string, Plan>; readonly wrong: string[] }> => {
  const plans = new Map<string, Plan>()
  const wrong: string[] = []
  const charge = ({ subscription = '', period }: DataOf<'Purchased'>['items'][number], account: string): void => {
    if (period === undefined) return
    const { anchor, unit, start, end } = period
    const plan = plans.get(subscription) ?? { account, anchor, unit, paid: 0, over: false }
    plans.set(subscription, plan)
    const right = [stepFrom(anchor, unit, plan.paid), stepFrom(anchor, unit, plan.paid + 1)]
    if (right[0] !== start || right[1] !== end || plan.over)
      wrong.push(`${subscription}: ${start}–${end} after ${plan.paid}`)
    plan.paid += 1
  }
  const log = await openSqliteEventLog({ path: join(data, 'events.db') })
  for (let after: number | null = null; ; ) {
    const page = await log.readLog({ after, max: 1_000 })
    for (const { type, data } of page.map(decode)) {
      if (type === 'Purchased' || type === 'SubscriptionRenewed')
        for (const item of data.items) charge(item, data.account)
      const ended = type === 'SubscriptionEnded' ? plans.get(data.subscription) : undefined
      if (ended !== undefined) ended.over = true
    }
    const last = page.at(-1)
    if (last === undefined) break
    after = last.position
  }
  await log.close()
  return { plans, wrong }
}

/** So many periods of a plan have begun by that day. */
const due = ({ anchor, unit }: Plan, asOf: string): number => {
  let count = 0
  while (stepFrom(anchor, unit, count) <= asOf) count += 1
  return count
}

/**
 * Renewals of the real server, two runs at a time beside its own scheduler, each later than the last, killed in the middle by SIGKILL and
 * run again: one charge per period, all that could be paid, and not a cent more. `times`: kills.
 */
export const renewals = async (wish: Wish): Promise<Result> => {
  const kills = timesOf(wish, { short: 6, long: 60 })
  const accounts = wish.short ? 200 : 600
  const below = seeded(wish.seed)
  const data = mkdtempSync(join(tmpdir(), 'counterfoil-renewals-'))
  const admin = tokenOf('operator', ['admin'])
  const violations: string[] = []
  const counts = { cut: 0, whole: 0 }
  const bought = new Map<string, bigint>()
  await publishInto(data, [published('month', `${PRICE}.00`), published('year', `${PRICE}.00`, { billPeriod: 'Y' })])

  const first = launch({ data })
  const opening = new Client(await first.address)
  const post = (client: Client, path: string, body: object) => client.ask({ method: 'POST', path, token: admin, body })
  const names = Array.from({ length: accounts }, (_, index) => `a${index}`)
  await inParallel(names, 32, async (name) => {
    // Some have money for a few months only.
    const funds = below(3) === 0 ? BigInt(6 + below(20)) : 1_000n
    bought.set(name, funds)
    await opening.ask({
      method: 'PUT',
      path: `/bill/${name}/recharge`,
      token: admin,
      body: { trade_amount: `${funds}` },
    })
    for (const plan of ['month', 'year']) {
      const reply = await post(opening, `/v1/accounts/${name}/purchases`, { plan })
      if (reply.status !== 201) violations.push(`${name} could not buy: ${reply.text}`)
    }
  })
  opening.close()
  await first.stop('SIGKILL')

  const today = createDateIn(ZONE)(new Date().toISOString())
  /** Every subscription that is not over and was not short is paid up to that day. */
  const mustBePaid = async (asOf: string): Promise<number> => {
    const { plans, wrong } = await audit(data)
    violations.push(...wrong)
    const spent = new Map<string, bigint>()
    for (const { account, paid } of plans.values())
      spent.set(account, (spent.get(account) ?? 0n) + BigInt(paid) * PRICE)
    for (const [id, plan] of plans) {
      const left = (bought.get(plan.account) ?? 0n) - (spent.get(plan.account) ?? 0n)
      if (left < 0n) violations.push(`${plan.account} has spent ${-left} more than it had`)
      if (plan.paid > due(plan, asOf)) violations.push(`${id} is paid beyond ${asOf}`)
      if (!plan.over && left >= PRICE && plan.paid < due(plan, asOf)) violations.push(`${id} is not paid up to ${asOf}`)
    }
    return [...plans.values()].reduce((sum, { paid }) => sum + paid, 0)
  }

  let asOf = today
  for (let done = 0; done < kills && violations.length === 0; done += 1) {
    asOf = addDays(today, Math.floor((366 * (done + 1)) / kills))
    const server = launch({ data })
    const client = new Client(await server.address)
    const run = (day: string) => post(client, '/v1/renewals', { asOf: day })
    const running = [run(asOf), sleep(below(5)).then(() => run(addDays(asOf, -below(40))))]
    await Promise.race([sleep(below(wish.short ? 250 : 500)), running[0]])
    await server.stop('SIGKILL')
    client.close()
    const [reply] = await Promise.all(running)
    if (reply !== undefined && reply.status === 200 && reply.text.includes('"kind":"done"')) counts.whole += 1
    else counts.cut += 1
    violations.push(...(await audit(data)).wrong, ...server.said.map((line) => `the server said: ${line}`))
    if (done % 3 !== 2) continue
    const again = launch({ data })
    const asking = new Client(await again.address)
    const { text } = await post(asking, '/v1/renewals', { asOf })
    if (!/"kind":"done".*"failed":0/.test(text)) violations.push(`a run that nobody cut off: ${text.slice(-300)}`)
    asking.close()
    await again.stop('SIGTERM')
    await mustBePaid(asOf)
  }

  const cli = (...args: readonly string[]) =>
    spawnSync(process.execPath, [CLI, ...args], { env: { ...process.env, ...environment(data) }, encoding: 'utf8' })
  const last = launch({ data })
  await last.address
  for (let twice = 0; twice < 2; twice += 1) {
    const { status, stdout, stderr } = cli('renew', '--as-of', asOf)
    if (status !== 0) violations.push(`renew: ${stdout}${stderr}`)
    if (twice === 1 && !stdout.startsWith('0 periods renewed')) violations.push(`the second run: ${stdout}`)
  }
  if ((await last.stop('SIGTERM')) !== 0) violations.push(`it did not stop: ${last.said.join(' | ')}`)
  const periods = await mustBePaid(asOf)
  const trial = cli('trial-balance')
  if (trial.status !== 0) violations.push(`trial-balance: ${trial.stdout}${trial.stderr}`)
  if (violations.length === 0) rmSync(data, { recursive: true })
  else violations.push(`kept: ${data}`)
  return {
    figures: `${kills} kills (${counts.cut} in the middle of a run, ${counts.whole} after it), ${2 * accounts} subscriptions, ${periods} periods, each charged once`,
    violations,
  }
}
