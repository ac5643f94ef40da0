import { type Ask, type Client, codeOf, type Reply } from './client.js'
import type { AnyLog } from './log.js'
import type { Traffic } from './traffic.js'

interface Pair {
  readonly key: string
  readonly asks: readonly [Ask, Ask]
  readonly equal: boolean
  readonly replies: readonly Reply[]
}

/** Of different bodies. */
const AMOUNTS = ['0.10', '0.11'] as const

const done = ({ status }: Reply): boolean => status >= 200 && status < 300

/** One key sent to two processes at the same moment, with equal bodies or with different ones. */
export class Twins {
  readonly violations: string[] = []
  readonly #traffic: Traffic
  readonly #below: (bound: number) => number
  readonly #pairs: Pair[] = []
  /** Pairs of which both had a definite answer. */
  readonly answered = { equal: 0, different: 0 }

  constructor(traffic: Traffic, below: (bound: number) => number) {
    this.#traffic = traffic
    this.#below = below
  }

  get count(): number {
    return this.#pairs.length
  }

  async send(one: Client, other: Client): Promise<void> {
    const key = `twin-${this.#pairs.length}-${this.#below(1_000_000_000)}`
    const names = this.#traffic.names
    const buyer = names[this.#below(names.length)] ?? ''
    const seller = names.find((name) => name !== buyer) ?? ''
    const equal = this.#below(2) === 0
    const ask = (amount: string): Ask => ({
      method: 'POST',
      path: '/v1/transfers',
      token: this.#traffic.admin,
      key,
      body: { buyer, seller, amount },
    })
    const asks: Pair['asks'] = [ask(AMOUNTS[0]), ask(AMOUNTS[equal ? 0 : 1])]
    const replies = await Promise.all([one.ask(asks[0]), other.ask(asks[1])])
    this.#pairs.push({ key, asks, equal, replies })
  }

  /** Once nothing else is under way: asks both processes again, and compares all answers with the log. */
  async audit(log: AnyLog, clients: readonly Client[]): Promise<void> {
    await log.read()
    for (const pair of this.#pairs) {
      this.#first(pair, log.byKey.get(pair.key) ?? [])
      await this.#again(pair, log, clients)
    }
  }

  #first({ key, equal, replies }: Pair, events: readonly { readonly data: Readonly<Record<string, string>> }[]): void {
    const good = replies.filter(done)
    const said = replies.map(({ status, text }) => `${status} ${text}`).join(' and ')
    if (events.length > 1) this.#wrong(`${key}: ${events.length} events`)
    if (good.length > 0 && events.length !== 1) this.#wrong(`${key}: ${events.length} events after ${said}`)
    if (equal) {
      if (replies.some(({ status }) => status === 422)) this.#wrong(`${key}, equal bodies: ${said}`)
      if (good.length < 2) return
      this.answered.equal += 1
      const [one, two] = good
      if (one?.text !== two?.text || one?.position !== two?.position) this.#wrong(`${key}, equal bodies: ${said}`)
      if (one?.replayed === two?.replayed) this.#wrong(`${key}: both or none are marked as repeated`)
      return
    }
    if (good.length > 1) this.#wrong(`${key}, different bodies: ${said}`)
    if (good.length === 0 || !replies.some(({ status }) => status === 422)) return
    this.answered.different += 1
    const winner = AMOUNTS[replies.findIndex(done)]
    if (events[0]?.data.amount !== winner) this.#wrong(`${key}: the log holds the body that was refused; ${said}`)
  }

  /** The body that is in the log is repeated with its first reply by every process, the other gets 422; if none is there, one of them is done now. */
  async #again({ key, asks, equal, replies }: Pair, log: AnyLog, clients: readonly Client[]): Promise<void> {
    const before = replies.find(done)
    const texts = new Set(before === undefined ? [] : [before.text])
    for (const client of clients) {
      for (const ask of asks) {
        const reply = await client.ask(ask)
        if (done(reply)) texts.add(reply.text)
        else if (equal || reply.status !== 422 || codeOf(reply) !== 'idempotency_key_reused') {
          if (codeOf(reply) !== 'insufficient_funds') this.#wrong(`${key} at last: ${reply.status} ${reply.text}`)
        }
      }
    }
    await log.read()
    const events = log.byKey.get(key) ?? []
    if (events.length > 1 || texts.size !== events.length)
      this.#wrong(`${key} at last: ${events.length} events, ${texts.size} different replies`)
  }

  #wrong(text: string): void {
    this.violations.push(text)
  }
}
