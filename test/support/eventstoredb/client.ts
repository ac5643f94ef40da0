import { randomUUID } from 'node:crypto'
import {
  type AllStreamSubscription,
  EventStoreDBClient,
  type JSONEventType,
  jsonEvent,
  type ResolvedEvent,
  type StreamSubscription,
} from '@eventstore/db-client'
import type { Test } from 'tap'

type Appended = JSONEventType<string, Record<string, string>>

/** A client that is disposed with its test: else the process would never end. */
export const connect = (t: Test, connectionString: string): EventStoreDBClient => {
  const client = EventStoreDBClient.connectionString(connectionString)
  t.teardown(() => client.dispose())
  return client
}

export const fact = (id: string = randomUUID(), data: Record<string, string> = {}, type = 'Tested.v1') =>
  jsonEvent<Appended>({ id, type, data })

export const facts = (count: number) => Array.from({ length: count }, () => fact())

export interface Failure {
  readonly name: string
  readonly type: unknown
  readonly code: unknown
  readonly message: string
}

/** What a promise fails with; throws when it does not. */
export const failure = async (promise: Promise<unknown>): Promise<Failure & Record<string, unknown>> => {
  try {
    await promise
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { type, code } = { type: undefined, code: undefined, ...error }
    return { ...error, name: error.constructor.name, type, code, message: error.message }
  }
  throw new Error('it did not fail')
}

/** What is read: `stream@revision` of each event. */
export const places = async (events: AsyncIterable<ResolvedEvent>): Promise<string[]> => {
  const found: string[] = []
  for await (const { event } of events) found.push(`${event?.streamId}@${event?.revision}`)
  return found
}

export const confirmed = (subscription: AllStreamSubscription | StreamSubscription): Promise<void> =>
  new Promise((resolve, reject) => subscription.once('confirmation', resolve).once('error', reject))

/** The next `count` events of a subscription, which is ended then. */
export const take = async (
  subscription: AllStreamSubscription | StreamSubscription,
  count: number,
): Promise<string[]> => {
  const found: string[] = []
  for await (const { event } of subscription) {
    found.push(`${event?.streamId}@${event?.revision}`)
    if (found.length === count) break
  }
  await subscription.unsubscribe()
  return found
}
