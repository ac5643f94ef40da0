import { closeSync, openSync, writeSync } from 'node:fs'
import { type Client, codeOf, type Reply } from './client.js'
import type { AnyLog } from './log.js'
import type { Operation } from './traffic.js'

type Answer = Pick<Reply, 'status' | 'text' | 'replayed'>

/** What the server said to one operation, as the client must take it. */
type Heard = 'acknowledged' | 'refused' | 'unwritten' | 'unknown'

/** Of a 503 these leave open whether anything was stored; the others say that nothing was. */
const OPEN = new Set(['', 'outcome_unknown', 'store_stopped'])

const heard = ({ status, text }: Answer): Heard => {
  if (status >= 200 && status < 300) return 'acknowledged'
  if (status >= 400 && status < 500) return 'refused'
  return status === 503 && !OPEN.has(codeOf({ text })) ? 'unwritten' : 'unknown'
}

/** The client's own books: what it sent and what it was told, each answer written to a file as it comes. */
export class Ledger {
  readonly violations: string[] = []
  readonly acknowledged = new Map<string, { readonly operation: Operation; readonly text: string; sentAt: number }>()
  unknown = new Map<string, Operation>()
  readonly #refused = new Set<string>()
  /** Some request of theirs had no clear answer: only an acknowledgement, or `resolve`, settles them. */
  readonly #doubtful = new Set<string>()
  readonly #file: number
  #unchecked: Operation[] = []
  lost = 0
  doubled = 0

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  get refused(): number {
    return this.#refused.size
  }

  /** Sends operations as one request, and writes down what came of each. Those that are unknown may be sent again, to any process. */
  async send(client: Client, operations: readonly Operation[]): Promise<void> {
    const [first] = operations
    if (first === undefined) return
    for (const operation of operations) this.unknown.set(operation.key, operation)
    const items = operations.flatMap(({ item }) => (item === undefined ? [] : [item]))
    const reply = await client.ask(items.length === 0 ? first.ask : { ...first.ask, body: { items } })
    for (const [operation, answer] of answers(operations, reply)) this.#hear(operation, answer, reply.sentAt)
  }

  #hear(operation: Operation, answer: Answer, sentAt: number): void {
    const { key, done } = operation
    const said = heard(answer)
    const what = said !== 'acknowledged' && this.#doubtful.has(key) ? 'unknown' : said
    writeSync(this.#file, `${JSON.stringify({ key, what, status: answer.status, effect: operation.effect })}\n`)
    if (answer.status >= 500 && answer.status !== 503) this.#wrong(`${key} got ${answer.status} ${answer.text}`)
    if (what === 'unknown') {
      this.#doubtful.add(key)
      return
    }
    this.unknown.delete(key)
    this.#unchecked.push(operation)
    if (what === 'acknowledged') {
      this.acknowledged.set(key, { operation, text: answer.text, sentAt })
      done(answer.text)
    } else this.#refused.add(key)
  }

  /** Compares what was told since the last audit with the log as it is now. */
  audit(log: AnyLog): void {
    for (const { key, effect } of this.#unchecked) {
      const events = log.byKey.get(key) ?? []
      const wanted = this.acknowledged.has(key) ? 1 : 0
      if (events.length < wanted) this.lost += 1
      if (events.length > wanted) this.doubled += 1
      if (events.length !== wanted) this.#wrong(`${key}: ${wanted} wanted, ${events.length} in the log`)
      for (const { type, stream, data } of events) {
        const same = Object.entries(effect.data).every(([name, value]) => data[name] === value)
        if (type !== effect.type || stream !== effect.stream || !same) {
          this.#wrong(`${key}: ${JSON.stringify({ type, stream, data })} instead of ${JSON.stringify(effect)}`)
        }
      }
    }
    this.#unchecked = []
  }

  /** Everything again that was ever acknowledged or refused: events once each. */
  auditAll(log: AnyLog): void {
    this.#unchecked = [...this.acknowledged.values()].map(({ operation }) => operation)
    this.audit(log)
    for (const key of this.#refused) if (log.byKey.has(key)) this.#wrong(`${key} was refused, and is in the log`)
  }

  /**
   * Sends what nobody knows the outcome of once more, with its key: where the log holds it already the reply must be a repetition.
   * Nothing else may be under way.
   */
  async resolve(client: Client, log: AnyLog): Promise<number> {
    const open = [...this.unknown.values()]
    this.#doubtful.clear()
    await inParallel(open, 32, async (operation) => {
      const known = log.byKey.get(operation.key) ?? []
      for (let attempt = 0; attempt < 100; attempt += 1) {
        const [pair] = answers([operation], await client.ask(operation.ask))
        const answer = pair?.[1]
        if (answer === undefined || answer.status === 503 || answer.status === 0) continue
        if (known.length > 0 && !(heard(answer) === 'acknowledged' && answer.replayed)) {
          this.#wrong(`${operation.key} is in the log, but its retry got ${answer.status} ${answer.text}`)
        }
        this.#hear(operation, answer, Date.now())
        return
      }
      this.#wrong(`${operation.key} is still unknown after 100 retries`)
    })
    return open.length
  }

  /** Some acknowledged requests once more: the same reply, marked as a repetition. */
  async repeat(client: Client, keys: readonly string[]): Promise<void> {
    await inParallel(keys, 32, async (key) => {
      const before = this.acknowledged.get(key)
      if (before === undefined) return
      const { ask } = before.operation
      const once = await client.ask(ask)
      // A server may hang up on a connection that was idle just when it is used again.
      const [pair] = answers([before.operation], once.status === 0 ? await client.ask(ask) : once)
      const answer = pair?.[1]
      if (answer?.replayed !== true || answer.text !== before.text) {
        this.#wrong(`${key} repeated: ${answer?.status} ${answer?.text} instead of ${before.text}`)
      }
    })
  }

  close(): void {
    closeSync(this.#file)
  }

  #wrong(text: string): void {
    this.violations.push(text)
  }
}

interface BulkResult {
  readonly status: number
  readonly event?: object
  readonly error?: object
}

/** One answer per operation, also of a bulk request. */
const answers = (operations: readonly Operation[], reply: Reply): readonly (readonly [Operation, Answer])[] => {
  if (operations[0]?.item === undefined || reply.status !== 200) return operations.map((each) => [each, reply])
  const { results }: { results: readonly BulkResult[] } = JSON.parse(reply.text)
  return operations.map((operation, index) => {
    const { status = 0, event, error } = results[index] ?? {}
    return [operation, { status, replayed: reply.replayed, text: JSON.stringify(event ?? error) }]
  })
}

/** Works on all, so many at a time. */
export const inParallel = async <Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> => {
  const queue = [...items]
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
}
