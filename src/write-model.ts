import { BookConsumer, matchesLog } from './commands/book-consumer.js'
import { BookWriter } from './commands/book-writer.js'
import { catchUp, StoppedAtEvent } from './follower/catch-up.js'
import { type Insisting, insist } from './insisting.js'
import { openDisposable } from './sqlite/disposable.js'
import type { Decode } from './store/decode.js'
import { StoreUnreachable } from './store/errors.js'
import type { EventLog } from './store/port.js'
import { isFull } from './store/sqlite/connection.js'
import type { Start } from './thread.js'

const LAYOUT = 'write-model-5'

export interface WriteModelOptions extends Omit<Insisting, 'passes'> {
  readonly path: string
  readonly log: EventLog
  readonly decode: Decode
  /** The file holds everything up to this leaf number. */
  readonly onFlushed: (leaf: number) => void
}

export interface WriteModel {
  readonly consumer: BookConsumer
  readonly start: Omit<Start, 'kind'>
  close(): void
}

/** The file of the write model, caught up with the log as it is now. A full disk and a log that is away are waited for. */
export const openWriteModel = async (options: WriteModelOptions): Promise<WriteModel> => {
  const { log, decode, onFlushed, waiting, signal } = options
  const patient = { waiting, signal, passes: (error: unknown) => isFull(error) || error instanceof StoreUnreachable }
  const { file, writer } = await insist(() => openFile(options), patient)
  const consumer = new BookConsumer({ writer, epoch: log.epoch, now: () => performance.now(), onFlushed })
  const close = (): void => {
    consumer.close()
    file.close()
  }
  const fill = async (): Promise<void> => {
    await catchUp({ log, decode, consumer, signal }).catch((error: unknown) => {
      // Whoever follows the log stops at such an event, and shows it.
      if (!(error instanceof StoppedAtEvent)) throw error
    })
    writer.flush()
  }
  try {
    await insist(fill, patient)
  } catch (error) {
    close()
    throw error
  }
  const { position, leaf, recordedAt } = writer.flushed ?? { position: null, leaf: -1, recordedAt: '' }
  return { consumer, start: { position, leaf, recordedAt }, close }
}

/** Begun anew where it speaks of another log. */
const openFile = async ({ path, log }: WriteModelOptions) => {
  const file = openDisposable({ path, layout: LAYOUT })
  try {
    const writer = new BookWriter(file.database)
    if (writer.flushed !== null && !(await matchesLog(log, writer.flushed))) writer.clear()
    return { file, writer }
  } catch (error) {
    file.close()
    throw error
  }
}
