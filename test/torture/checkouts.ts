import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seeded } from '../../bench/support/requests.js'
import { auditCards } from './support/card-audit.js'
import { braintreeIn, type CardGateway, sandboxIn } from './support/card-gateways.js'
import { CardShop, type Payment } from './support/card-shop.js'
import { Client, codeOf, type Reply } from './support/client.js'
import { inParallel } from './support/ledger.js'
import { type Result, timesOf, type Wish } from './support/result.js'
import { CLI, environment, launch } from './support/server.js'

/** Payments that are asked for before a kill. */
const AT_ONCE = 10
/** Devices used up before a kill, at most. */
const DEVICES = AT_ONCE

interface Campaign {
  readonly kills: number
  readonly seed: number
  readonly data: string
  readonly gateway: CardGateway
}

/** What is known of a payment that was asked for. */
interface Known {
  readonly payment: Payment
  /** The first definite answer. */
  answer: Reply | null
}

/** 201: paid. 402: nothing was charged. 409: refused, nothing was begun. Anything else, of a payment, is no answer yet. */
const isDefinite = ({ status }: Reply): boolean => status === 201 || status === 402 || status === 409

const campaign = async ({ kills, seed, data, gateway }: Campaign): Promise<Result> => {
  const below = seeded(seed)
  const shop = new CardShop(kills * DEVICES, below)
  const known = new Map<string, Known>()
  const steps = new Map<string, number>()
  const violations: string[] = []
  const counts = { asked: 0, unknown: 0, doubtful: 0 }

  const pay = async (client: Client, payment: Payment): Promise<void> => {
    const one = known.get(payment.key) ?? { payment, answer: null }
    known.set(payment.key, one)
    const reply = await client.ask(payment)
    counts.asked += 1
    if (reply.status === 0) counts.unknown += 1
    else if (codeOf(reply) === 'checkout_in_doubt') counts.doubtful += 1
    else if (!isDefinite(reply) && reply.status !== 503)
      violations.push(`${payment.key}: ${reply.status} ${reply.text}`)
    if (!isDefinite(reply)) return
    // What was refused may be taken later: only effects are kept.
    if (one.answer?.status === 201 && reply.text !== one.answer.text) violations.push(`${payment.key}: another answer`)
    if (one.answer?.status === 402 && reply.status !== 402) violations.push(`${payment.key}: charged after all`)
    one.answer = reply
  }
  const open = (): readonly Payment[] =>
    [...known.values()].filter(({ answer }) => answer === null).map(({ payment }) => payment)

  await shop.open(data)
  for (let done = 0; done < kills && violations.length === 0; done += 1) {
    const server = launch({ data, env: gateway.env })
    const client = new Client(await server.address)
    const moment = gateway.moment(below)
    const payments = [...open().slice(0, below(3)), ...Array.from({ length: AT_ONCE }, () => shop.draw()).flat()]
    const asking = Promise.all(payments.map((payment) => pay(client, payment)))
    const step = await moment
    await server.stop('SIGKILL')
    client.close()
    await asking
    steps.set(step, (steps.get(step) ?? 0) + 1)
  }

  const last = launch({ data, env: gateway.env })
  const client = new Client(await last.address)
  const all = [...known.values()].map(({ payment }) => payment)
  await inParallel(open(), 4, (payment) => pay(client, payment))
  // A minute apart the gateway must twice know of no charge. It may be in this process, so nothing waits for it here.
  const settled = await cli(data, 'checkouts', 'settle', '--older', '0')
  if (settled.code !== 0) violations.push(`settle: ${settled.said}`)
  const charged = gateway.charges().length
  await inParallel(all, 4, (payment) => pay(client, payment))
  const more = gateway.charges().length - charged
  violations.push(...open().map(({ key }) => `${key} has no answer in the end`))
  client.close()
  if ((await last.stop('SIGTERM')) !== 0) violations.push(`it did not stop: ${last.said.join(' | ')}`)
  const audit = await auditCards(data, shop, gateway.charges())
  const trial = await cli(data, 'trial-balance')
  violations.push(...audit.wrong, ...(trial.code === 0 ? [] : [`trial-balance: ${trial.said}`]))
  const where = [...steps].map(([step, count]) => `${count} ${step}`).join(', ')
  return {
    figures: `${gateway.name}: ${kills} kills (${where}), ${counts.asked} answers (${counts.unknown} cut off, ${counts.doubtful} in doubt), ${audit.checkouts} checkouts, ${audit.paid} paid, ${audit.failed} failed, ${more} charged by repetitions in the end`,
    violations,
  }
}

const cli = async (
  data: string,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly said: string }> => {
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...environment(data) } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += String(piece)))
  const [code] = await once(child, 'close')
  return { code: Number(code), said }
}

/**
 * Card payments of the real server, killed by SIGKILL at random, and at each step of a charge while others are at other steps; then what is open is settled, and
 * everything is asked for again: at most one charge for a checkout, a plan if and only if a charge, the same answers. `times`: kills of each gateway.
 */
export const checkouts = async (wish: Wish): Promise<Result> => {
  const kills = timesOf(wish, { short: 3, long: 60 })
  const folders = ['sandbox', 'braintree'].map((name) => mkdtempSync(join(tmpdir(), `counterfoil-${name}-`)))
  const [inside = '', outside = ''] = folders
  const gateways = [sandboxIn(inside), await braintreeIn(outside)]
  const results = await Promise.all(
    gateways.map((gateway, n) => campaign({ kills, seed: wish.seed + n, data: folders[n] ?? '', gateway })),
  )
  for (const gateway of gateways) gateway.close()
  const violations = results.flatMap((result) => result.violations)
  if (violations.length === 0) for (const folder of folders) rmSync(folder, { recursive: true })
  else violations.push(`kept: ${folders.join(', ')}`)
  return { figures: results.map(({ figures }) => figures).join('; '), violations }
}
