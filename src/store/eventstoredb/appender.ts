import {
  ANY,
  type AppendExpectedRevision,
  DeadlineExceededError,
  type EventData,
  MaxAppendSizeExceededError,
  NO_STREAM as NONE,
  WrongExpectedVersionError,
} from '@eventstore/db-client'
import { AppendTooLarge, ClockRefused, OutcomeUnknown, StoreClosed, WrongExpectedRevision } from '../errors.js'
import { type Appended, NO_STREAM } from '../port.js'
import { type Link, NO_DEADLINE } from './client.js'
import { detailOf, type Health } from './health.js'
import type { Reader } from './reader.js'

/** Appends under way at once, and their bytes: below what the client buffers, past which an error of the connection ends the process. */
const MOST = 128
const MOST_BYTES = 768 * 1024
/** Sent in one turn: what the client's stream takes without waiting, past which the same would happen. */
const MOST_IN_A_TURN = 12
/** Deadlines after which an append that was never answered holds up others no more. */
const STUCK = 4
/** In milliseconds. A server says so fast that an append comes too late by its clock; when it gives one up itself it has tried for longer. */
const AT_ONCE = 1_000
const TOO_LATE = "our clock is more than a day behind the event store's; set both right"

export interface AppenderParts {
  readonly link: Link
  readonly health: Health
  /** Milliseconds after which the outcome of an append is unknown. */
  readonly deadline: number
  readonly reader: Reader
}

export interface AppendJob {
  /** As the server calls it. */
  readonly stored: string
  /** In refusals. */
  readonly stream: string
  /** `any` is for what is no part of the ledger. */
  readonly expected: number | 'any'
  readonly events: readonly EventData[]
  readonly bytes: number
}

interface Waiting extends AppendJob {
  /** Its caller was told that the outcome is unknown. */
  told: boolean
  readonly resolve: (appended: Appended) => void
  readonly reject: (error: Error) => void
}

interface Result {
  readonly success: boolean
  readonly nextExpectedRevision: bigint
  readonly position?: { readonly commit: bigint }
}

/**
 * Appends of many streams at once, each answered for itself. Only a wrong revision, an append that is too large and a clock that is far
 * behind are definite refusals: the client rejects all that is under way when one fails.
 */
export class Appender {
  readonly #parts: AppenderParts
  readonly #waiting: Waiting[] = []
  #underWay = new Map<Waiting, NodeJS.Timeout>()
  #bytes = 0
  #scheduled = false
  /** Streams with an append whose outcome nobody knows yet. */
  readonly #doubtful = new Set<string>()
  #drained: (() => void) | null = null
  #failingSince: number | null = null

  constructor(parts: AppenderParts) {
    this.#parts = parts
  }

  inDoubt(stream: string): boolean {
    return this.#doubtful.has(stream)
  }

  append(job: AppendJob): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...job, told: false, resolve, reject })
      this.#schedule()
    })
  }

  /** Resolves when everything is answered, or after the deadline. */
  async drain(): Promise<void> {
    if (this.#waiting.length + this.#underWay.size === 0) return
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => {
        for (const { reject } of this.#waiting.splice(0))
          reject(new StoreClosed('the store was closed: nothing was sent'))
        resolve()
      }, this.#parts.deadline)
      this.#drained = () => {
        clearTimeout(late)
        resolve()
      }
    })
    this.#abandon()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#send()
    })
  }

  #send(): void {
    for (let sent = 0; ; sent += 1) {
      const [next] = this.#waiting
      if (next === undefined) break
      if (this.#underWay.size >= MOST || (this.#underWay.size > 0 && this.#bytes + next.bytes > MOST_BYTES)) return
      if (sent === MOST_IN_A_TURN) {
        this.#schedule()
        return
      }
      this.#waiting.shift()
      this.#start(next)
    }
    if (this.#underWay.size === 0) this.#drained?.()
  }

  #start(job: Waiting): void {
    const { deadline } = this.#parts
    const late = setTimeout(() => {
      this.#unknown(job, new Error(`no answer within ${deadline} ms`))
      this.#underWay.set(
        job,
        setTimeout(() => this.#renew(), (STUCK - 1) * deadline),
      )
    }, deadline)
    this.#underWay.set(job, late)
    this.#bytes += job.bytes
    const since = performance.now()
    this.#sent(job)
      .then(
        (appended) => this.#answered(job, () => job.resolve(appended)),
        (error: unknown) => this.#refused(job, error, performance.now() - since),
      )
      .finally(() => this.#end(job))
  }

  async #sent({ stored, expected, events }: Waiting): Promise<Appended> {
    const client = await this.#parts.link.client()
    const expectedRevision = expected === 'any' ? ANY : expected === NO_STREAM ? NONE : BigInt(expected)
    const options = { expectedRevision, requiresLeader: true, deadline: NO_DEADLINE } as const
    const result: Result = await client.appendToStream(stored, [...events], options)
    const revision = Number(result.nextExpectedRevision)
    const position =
      result.position === undefined
        ? await this.#parts.reader.positionOf(stored, revision)
        : Number(result.position.commit)
    return { revision, position }
  }

  #refused(job: Waiting, error: unknown, after: number): void {
    if (error instanceof WrongExpectedVersionError) {
      const actual = revisionOf(error.actualVersion)
      const refusal = new WrongExpectedRevision(job.stream, revisionOf(error.expectedVersion), actual)
      this.#answered(job, () => job.reject(refusal))
    } else if (error instanceof MaxAppendSizeExceededError) {
      const most = `the event store takes ${error.maxAppendSize} bytes in one append`
      this.#answered(job, () => job.reject(new AppendTooLarge(most)))
    } else if (error instanceof DeadlineExceededError && after < AT_ONCE) {
      this.#late(job)
    } else {
      this.#unknown(job, error)
      this.#failing()
    }
  }

  /** Nothing was stored this time; of a repeated append that says nothing of the first one. */
  #late(job: Waiting): void {
    if (!this.#doubtful.has(job.stream)) {
      this.#answered(job, () => job.reject(new ClockRefused(TOO_LATE)))
      return
    }
    this.#reached()
    job.reject(new OutcomeUnknown(`stored or not: ${TOO_LATE}`))
  }

  /** A client may keep the failure of its first call and give it for ever. */
  #failing(): void {
    const now = performance.now()
    this.#failingSince ??= now
    if (now - this.#failingSince < this.#parts.deadline) return
    this.#failingSince = now
    this.#renew()
  }

  #answered({ stream, told }: Waiting, tell: () => void): void {
    this.#reached()
    if (told) return
    this.#doubtful.delete(stream)
    tell()
  }

  #reached(): void {
    this.#failingSince = null
    this.#parts.health.worked('appends')
  }

  #unknown(job: Waiting, error: unknown): void {
    if (job.told) return
    job.told = true
    this.#parts.health.failed('appends', error)
    this.#doubtful.add(job.stream)
    job.reject(new OutcomeUnknown(`stored or not: ${detailOf(error)}`))
  }

  #end(job: Waiting): void {
    const timer = this.#underWay.get(job)
    if (timer === undefined) return
    clearTimeout(timer)
    this.#underWay.delete(job)
    this.#bytes -= job.bytes
    this.#schedule()
  }

  /** An answer was lost without an error: the client is of no use any more. */
  #renew(): void {
    this.#parts.link.renew()
    this.#abandon()
    this.#schedule()
  }

  #abandon(): void {
    for (const [job, timer] of this.#underWay) {
      clearTimeout(timer)
      this.#unknown(job, new Error('the connection was given up'))
    }
    this.#underWay = new Map()
    this.#bytes = 0
  }
}

const revisionOf = (version: AppendExpectedRevision): number =>
  typeof version === 'bigint' ? Number(version) : NO_STREAM
