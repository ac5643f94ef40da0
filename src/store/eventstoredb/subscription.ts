import { type EventStoreDBClient, START, streamNameFilter } from '@eventstore/db-client'
import { RetentionSet, StoreClosed } from '../errors.js'
import type { Position, RecordedEvent, Subscribe } from '../port.js'
import type { Health } from './health.js'
import { type Names, prefixesOf } from './names.js'
import { pause } from './pause.js'
import { type Raw, rawEvents } from './raw.js'
import type { Reader } from './reader.js'

/** Events of one batch, and kept for a reader who does not take them, at most. */
const BATCH = 1_000

export interface SubscriptionParts {
  readonly client: EventStoreDBClient
  readonly reader: Reader
  readonly names: Names
  readonly health: Health
  readonly random: () => number
  /** Milliseconds of silence after which the log itself is asked whether something was missed. */
  readonly silence: number
  readonly closing: AbortSignal
}

/** Follows `$all` from our own position, and begins again there whenever the server or the way to it fails. */
export async function* follow(
  parts: SubscriptionParts,
  { after, signal }: Subscribe,
): AsyncGenerator<readonly RecordedEvent[], void, void> {
  const { reader, health, random, closing } = parts
  const ending = AbortSignal.any([signal, closing])
  let position = after
  for (let failures = 0; ; failures += 1) {
    if (signal.aborted) return
    if (closing.aborted) throw new StoreClosed('the store was closed under a subscription')
    const inbox = new Inbox(parts, position, ending)
    try {
      for (;;) {
        const page = await inbox.take(position)
        if (ending.aborted) break
        const events: RecordedEvent[] = []
        const stopped = await reader.gather(page, position, events).catch((error: unknown) => error)
        position = events.at(-1)?.position ?? position
        if (events.length > 0) yield events
        if (stopped !== undefined) throw stopped
      }
    } catch (error) {
      if (error instanceof RetentionSet) throw error
      // One that was dropped is only begun again; it may be a page too large for the server to keep.
      if (inbox.agreed) failures = 0
      else health.failed('reads', error)
    } finally {
      inbox.close()
    }
    await pause(failures, random, ending)
  }
}

/** One subscription of the server's, and what came that nobody has taken. While it is full the server is not listened to. */
class Inbox {
  readonly #parts: SubscriptionParts
  readonly #ending: AbortSignal
  readonly #source: ReturnType<EventStoreDBClient['subscribeToAll']>
  /** The server has begun to send. */
  agreed = false
  #events: Raw[] = []
  #next: (() => void) | null = null
  #error: Error | null = null
  #wake: () => void = () => undefined

  constructor(parts: SubscriptionParts, position: Position | null, ending: AbortSignal) {
    const { client, names, health } = parts
    this.#parts = parts
    this.#ending = ending
    const at = position === null ? START : { commit: BigInt(position), prepare: BigInt(position) }
    const filter = streamNameFilter({ prefixes: prefixesOf(names), maxSearchWindow: BATCH })
    const options = rawEvents(
      (event, next) => this.#came(event, next),
      () => {
        this.agreed = true
        health.worked('reads')
      },
    )
    this.#source = client.subscribeToAll({ fromPosition: at, filter }, options)
    this.#source.on('error', (error) => this.#fail(error))
    this.#source.on('end', () => this.#fail(new Error('the server ended the subscription')))
    this.#source.resume()
  }

  /** What came, or nothing when it is over. Rejects when the subscription has failed, or is found to be silent where it should not be. */
  async take(position: Position | null): Promise<readonly Raw[]> {
    while (this.#events.length === 0 && !this.#ending.aborted) {
      if (this.#error !== null) throw this.#error
      if (await this.#wait()) continue
      const [missed] = await this.#parts.reader.log({ after: position, max: 1 })
      if (missed !== undefined && !(await this.#wait())) throw new Error('the subscription has stalled')
    }
    const events = this.#events
    this.#events = []
    const next = this.#next
    this.#next = null
    next?.()
    return events
  }

  close(): void {
    this.#source.unsubscribe().catch(() => undefined)
  }

  #came(event: Raw, next: () => void): boolean {
    this.#events.push(event)
    this.#wake()
    if (this.#events.length < BATCH) return true
    this.#next = next
    return false
  }

  #fail(error: Error): void {
    this.#error ??= error
    this.#wake()
  }

  /** `false`: nothing happened for too long. */
  #wait(): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (happened: boolean): void => {
        clearTimeout(timer)
        this.#ending.removeEventListener('abort', abort)
        resolve(happened)
      }
      const abort = (): void => done(true)
      const timer = setTimeout(() => done(false), this.#parts.silence)
      this.#ending.addEventListener('abort', abort)
      this.#wake = () => done(true)
    })
  }
}
