import { randomUUID } from 'node:crypto'
import { StoreUnreachable, StoreUnreadable, WrongExpectedRevision } from '../errors.js'
import { NO_STREAM } from '../port.js'
import type { Appender } from './appender.js'
import { detailOf } from './health.js'
import type { Names } from './names.js'
import { outgoing } from './outgoing.js'
import type { Reader } from './reader.js'

interface Epochs {
  readonly reader: Reader
  readonly names: Names
  /** Asked only where none was drawn yet. */
  readonly appender: () => Appender
}

/**
 * The epoch that lies in the store; where none does, one is drawn. Of several that draw at once the first wins, and all read it back.
 * Rejects with `StoreUnreachable`, and with `StoreUnreadable` where something else lies there.
 */
export const epochOf = async ({ reader, names, appender }: Epochs): Promise<string> => {
  const stored = names.epoch
  const read = async (): Promise<string | null> => {
    const [found] = await reader.raw(stored, { direction: 'forwards', max: 1 })
    return found === undefined ? null : epochIn(found.data, stored)
  }
  const there = await read()
  if (there !== null) return there
  await draw(appender(), stored)
  const drawn = await read()
  if (drawn === null)
    throw new StoreUnreadable(`the stream ${stored} was written and is empty; is retention set on it?`)
  return drawn
}

const draw = async (appender: Appender, stored: string): Promise<void> => {
  const data = JSON.stringify({ epoch: randomUUID() })
  const event = outgoing({ id: randomUUID(), type: 'EpochDrawn.v1', data, metadata: '{}' })
  try {
    await appender.append({ stored, stream: stored, expected: NO_STREAM, events: [event], bytes: data.length })
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return
    throw new StoreUnreachable(`the event store takes no append: ${detailOf(error)}`)
  }
}

const epochIn = (data: string, stored: string): string => {
  const found: unknown = JSON.parse(data)
  if (typeof found === 'object' && found !== null && 'epoch' in found && typeof found.epoch === 'string')
    return found.epoch
  throw new StoreUnreadable(`the stream ${stored} does not hold an epoch`)
}
