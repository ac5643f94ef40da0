import {
  AccessDeniedError,
  BACKWARDS,
  END,
  type EventStoreDBClient,
  FORWARDS,
  type ReadAllOptions,
  type ReadStreamOptions,
  START,
  type StreamingRead,
} from '@eventstore/db-client'
import { RetentionSet, StoreClosed, StoreUnreachable, StoreUnreadable } from '../errors.js'
import type { Position, ReadLog, ReadStream, RecordedEvent } from '../port.js'
import { detailOf, type Health } from './health.js'
import type { Names } from './names.js'
import { pause } from './pause.js'
import { type Raw, type RawOptions, rawEvents } from './raw.js'
import { retentionIn } from './retention.js'

/** Events asked for at once, at most. */
const PAGE = 1_000

export interface ReaderParts {
  readonly client: EventStoreDBClient
  readonly names: Names
  readonly health: Health
  readonly random: () => number
  /** Milliseconds without a word after which a read is given up and begun again. */
  readonly deadline: number
  /** Milliseconds after which nothing is begun again. */
  readonly patience: number
  /** Aborted when the store closes. */
  readonly closing: AbortSignal
}

/** The reads of the port. What fails is tried again, for a while. */
export class Reader {
  readonly #parts: ReaderParts
  /** Between `after`, the last of our events when a read came to the end, and `seen` lies nothing of ours: it is not read again. */
  #end: { readonly after: Position | null; readonly seen: Position } | null = null

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  async stream(stream: string, options: ReadStream): Promise<readonly RecordedEvent[]> {
    const raw = await this.raw(this.#parts.names.stored(stream), options)
    return raw.map((one) => recorded(one, stream))
  }

  /** Of any stream, by the server's own name of it. */
  raw(stored: string, { direction, from, max }: ReadStream): Promise<readonly Raw[]> {
    const { client } = this.#parts
    const forwards = direction === 'forwards'
    const fromRevision = from === undefined ? (forwards ? START : END) : BigInt(from)
    const options: ReadStreamOptions = {
      direction: forwards ? FORWARDS : BACKWARDS,
      fromRevision,
      maxCount: max,
      requiresLeader: true,
    }
    return this.#collect((transform) => client.readStream(stored, options, transform))
  }

  async log({ after, max }: ReadLog): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = []
    let seen = this.#end !== null && this.#end.after === after ? this.#end.seen : after
    while (events.length < max) {
      const inclusive = seen === null ? 0 : 1
      const maxCount = Math.min(max - events.length + inclusive, PAGE)
      const page = await this.#all(seen, maxCount)
      await this.gather(page, seen, events)
      for (const { position } of page.slice(-1)) seen = position
      if (page.length === maxCount) continue
      if (seen !== null) this.#end = { after: events.at(-1)?.position ?? after, seen }
      break
    }
    return events
  }

  async positionOf(stored: string, revision: number): Promise<Position> {
    const [found] = await this.raw(stored, { direction: 'forwards', from: revision, max: 1 })
    if (found === undefined) throw new StoreUnreachable(`event ${revision} of ${stored} cannot be read`)
    return found.position
  }

  async eventAt(position: Position): Promise<RecordedEvent | undefined> {
    const events: RecordedEvent[] = []
    await this.gather(await this.#all(position, 1), position - 1, events)
    return events.find((event) => event.position === position)
  }

  /** Adds those of our events that lie behind a position. Rejects with `RetentionSet`, behind what came before it. */
  async gather(page: readonly Raw[], after: Position | null, events: RecordedEvent[]): Promise<void> {
    const { names } = this.#parts
    for (const raw of page) {
      if (after !== null && raw.position <= after) continue
      const stream = names.bare(raw.stream)
      if (stream !== null) events.push(recorded(raw, stream))
      else await this.#heed(raw)
    }
  }

  /** Metadata of one of our streams: do they make the store forget events, and do they still hold? */
  async #heed(raw: Raw): Promise<void> {
    const { names } = this.#parts
    const stream = names.describedBy(raw.stream)
    if (stream === null || retentionIn(raw.data) === null) return
    for (const { data } of await this.raw(raw.stream, { direction: 'backwards', max: 1 })) {
      const setting = retentionIn(data)
      if (setting !== null) throw new RetentionSet(stream, raw.position, setting)
    }
  }

  #all(from: Position | null, maxCount: number): Promise<readonly Raw[]> {
    const { client } = this.#parts
    const fromPosition = from === null ? START : { commit: BigInt(from), prepare: BigInt(from) }
    const options: ReadAllOptions = { direction: FORWARDS, fromPosition, maxCount, requiresLeader: true }
    return this.#collect((transform) => client.readAll(options, transform))
  }

  async #collect(read: Read): Promise<readonly Raw[]> {
    const { health, random, patience, closing, deadline } = this.#parts
    const since = performance.now()
    for (let failures = 0; !closing.aborted; failures += 1) {
      try {
        const events = await collect(read, deadline, closing)
        health.worked('reads')
        return events
      } catch (error) {
        if (closing.aborted) break
        health.failed('reads', error)
        if (error instanceof AccessDeniedError)
          throw new StoreUnreadable('the event store refuses our user or certificate')
        if (performance.now() - since > patience)
          throw new StoreUnreachable(`the event store does not answer: ${detailOf(error)}`)
        await pause(failures, random, closing)
      }
    }
    throw new StoreClosed('the store was closed')
  }
}

type Read = (options: RawOptions) => StreamingRead<unknown>

/** All events of one read. Where the stream does not exist there are none. */
const collect = (read: Read, deadline: number, closing: AbortSignal): Promise<readonly Raw[]> =>
  new Promise((resolve, reject) => {
    const events: Raw[] = []
    const timer = setTimeout(() => end(new Error(`no answer within ${deadline} ms`)), deadline)
    const reading = read(
      rawEvents((event) => {
        events.push(event)
        timer.refresh()
        return true
      }),
    )
    const abort = (): void => end(new Error('the store was closed'))
    const end = (error: Error | null): void => {
      clearTimeout(timer)
      closing.removeEventListener('abort', abort)
      if (error === null) {
        resolve(events)
      } else {
        reading.cancel().catch(() => undefined)
        reject(error)
      }
    }
    closing.addEventListener('abort', abort)
    reading.on('error', end)
    reading.on('end', () => end(null))
    reading.resume()
  })

const recorded = ({ id, type, data, metadata, revision, position }: Raw, stream: string): RecordedEvent => ({
  id,
  type,
  data,
  metadata,
  stream,
  revision,
  position,
})
