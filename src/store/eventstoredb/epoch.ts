import { type EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client'
import { StoreUnreadable } from '../errors.js'
import { NO_DEADLINE } from './client.js'
import type { Names } from './names.js'
import type { Reader } from './reader.js'

interface Epochs {
  readonly reader: Reader
  readonly names: Names
  /** Draws one, with the id of its event. */
  readonly randomId: () => string
  /** Asked only where none was drawn yet. */
  readonly client: () => Promise<EventStoreDBClient>
}

const first = { direction: 'forwards', max: 1 } as const
const ATTEMPTS = 5

/** The epoch that lies in the store; where none does, one is drawn. Of several that draw at once the first wins, and all read it back. */
export const epochOf = async ({ reader, names, randomId, client }: Epochs): Promise<string> => {
  const drawn = jsonEvent({ id: randomId(), type: 'EpochDrawn.v1', data: { epoch: randomId() } })
  for (let attempt = 0; ; attempt += 1) {
    const [found] = await reader.raw(names.epoch, first)
    if (found !== undefined) return epochIn(found.data, names)
    if (attempt === ATTEMPTS)
      throw new StoreUnreadable(`no epoch can be written to ${names.epoch}; may its user write there?`)
    const store = await client()
    const options = { expectedRevision: NO_STREAM, requiresLeader: true, deadline: NO_DEADLINE } as const
    await store.appendToStream(names.epoch, drawn, options).catch(() => undefined)
  }
}

const epochIn = (data: string, { epoch: stream }: Names): string => {
  const found: unknown = JSON.parse(data)
  if (typeof found === 'object' && found !== null && 'epoch' in found && typeof found.epoch === 'string')
    return found.epoch
  throw new StoreUnreadable(`${stream} does not hold an epoch`)
}
