import type { Test } from 'tap'
import {
  createMemoryEventStore,
  type Fault,
  type MemoryEventStore,
  type MemoryOptions,
} from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { actor } from './actors.js'
import { Process, type ProcessOptions, settle } from './loop.js'

export const ann = actor('ann')
export const bob = actor('bob')

export const recharge = (account: string, amount: string) => ({ account, amount, method: 'bank', opens: true })
export const trade = (amount: string, buyer = 'ann', seller = 'bob') => ({ buyer, seller, amount })

/** Answers to the appends to come, first to last; after that all is well. */
export const faulty = (...faults: Fault[]) => {
  const before = (): Fault => faults.shift() ?? 'ok'
  return { faults, before }
}

/** A store whose appends wait until they are let go. */
export const held = () => {
  const waiting: ((fault: Fault) => void)[] = []
  const state = { hold: false }
  const before: MemoryOptions['before'] = () =>
    state.hold ? new Promise<Fault>((resolve) => waiting.push(resolve)) : 'ok'
  const release = async (fault: Fault = 'ok') => {
    await settle()
    waiting.shift()?.(fault)
    await settle()
  }
  return { state, before, release, waiting }
}

/** A process on a new log where ann has 100.00 and bob nothing. */
export const start = async (t: Test, options: ProcessOptions & { before?: MemoryOptions['before'] } = {}) => {
  const { before, ...rest } = options
  const store = createMemoryEventStore(before === undefined ? {} : { before })
  const one = new Process(store, rest)
  t.teardown(() => one.kill())
  await one.ask('recharge', recharge('ann', '100.00'))
  await one.ask('open', { owner: 'bob' })
  return { store, one }
}

export const stream = async (store: EventStore, name: string) =>
  (await store.readStream(`account-${name}`, { direction: 'forwards', max: 1000 })).map(({ type }) => type)

export const log = async (store: EventStore) => await store.readLog({ after: null, max: 10_000 })

/** The same store, with some of its functions in the test's hands. */
export const altered = (store: MemoryEventStore, changes: () => Partial<EventStore>): EventStore =>
  new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(changes(), name) ?? Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
