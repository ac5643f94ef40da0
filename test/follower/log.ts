import type { LedgerEvent } from '../../events/envelope.js'
import type { Decode } from '../../src/store/decode.js'
import type { EventLog, RecordedEvent } from '../../src/store/port.js'

/** A log in memory that grows while it is followed. Its "bytes" are JSON of the fact; `bad` makes undecodable ones. */
export class TestLog implements EventLog {
  readonly events: RecordedEvent[] = []
  private readonly waiting = new Set<() => void>()

  constructor(
    readonly epoch = 'epoch-1',
    private readonly page = 1_000,
  ) {}

  push(events: readonly LedgerEvent[], bad: readonly number[] = []): this {
    for (const { id, stream, revision, type, data, metadata, leaf } of events) {
      const text = bad.includes(leaf) ? 'bad' : JSON.stringify(data)
      const position = (this.events.length + 1) * 10
      this.events.push({ id, stream, revision, type, data: text, metadata: JSON.stringify(metadata), position })
    }
    this.wake()
    return this
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve()
    this.waiting.clear()
  }

  readStream(): Promise<readonly RecordedEvent[]> {
    throw new Error('nobody reads streams here')
  }

  async readLog({ after, max }: { after: number | null; max: number }): Promise<readonly RecordedEvent[]> {
    return this.events.filter(({ position }) => position > (after ?? -1)).slice(0, max)
  }

  async eventAt(at: number): Promise<RecordedEvent | undefined> {
    return this.events.find(({ position }) => position === at)
  }

  async *subscribe({ after, signal }: { after: number | null; signal: AbortSignal }) {
    signal.addEventListener('abort', () => this.wake(), { once: true })
    for (let from = after; !signal.aborted; ) {
      const batch = await this.readLog({ after: from, max: this.page })
      if (batch.length > 0) yield batch
      else if (!signal.aborted)
        await new Promise<void>((resolve) => {
          this.waiting.add(resolve)
        })
      from = batch.at(-1)?.position ?? from
    }
  }

  async close(): Promise<void> {}
}

export const decode: Decode = ({ type, data, metadata, id, stream, revision }: RecordedEvent, leaf?: number) =>
  ({ type, data: JSON.parse(data), metadata: JSON.parse(metadata), id, stream, revision, leaf }) as LedgerEvent

/** Waits until something is so, for at most two seconds. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let i = 0; i < 400; i++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`never: ${holds}`)
}
