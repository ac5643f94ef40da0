import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { OutcomeUnknown } from '../../../src/store/errors.js'
import { type EventStoreDbOptions, openEventStoreDb } from '../../../src/store/eventstoredb.js'
import type { Appended, EventStore, NewEvent } from '../../../src/store/port.js'
import { folder } from '../../store/support.js'
import { type DoubleOptions, startDouble } from './double.js'

export const times = { deadline: 1000, patience: 1500, silence: 500, probe: 100, probeSoon: 50 }
export const all = { direction: 'forwards', max: 10_000 } as const

export const begin = async (t: Test, options: Partial<EventStoreDbOptions & DoubleOptions> = {}) => {
  const double = await startDouble({ directory: folder(t), ...options })
  const said: string[] = []
  const open = (more: Partial<EventStoreDbOptions> = {}): Promise<EventStore> =>
    openEventStoreDb({
      connection: double.connectionString,
      prefix: 'ledger-',
      log: (message) => said.push(message),
      times,
      ...more,
    })
  t.teardown(() => double.stop())
  const store = await open(options)
  t.teardown(() => store.close())
  return { double, store, said, open }
}

/** As the command loop does it: the identical append until the answer is definite. */
export const insist = async (
  store: EventStore,
  stream: string,
  expected: number,
  events: NewEvent[],
): Promise<Appended> => {
  for (;;) {
    try {
      return await store.append(stream, expected, events)
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error
      await sleep(20)
    }
  }
}

export const until = async (holds: () => boolean): Promise<void> => {
  for (let i = 0; i < 1000 && !holds(); i += 1) await sleep(10)
  if (!holds()) throw new Error(`never: ${holds}`)
}
