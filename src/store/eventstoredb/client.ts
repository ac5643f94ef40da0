import { EventStoreDBClient } from '@eventstore/db-client'
import { StoreUnreadable } from '../errors.js'
import { detailOf } from './health.js'
import { dropLateAnswers } from './late-answers.js'

/**
 * For every append: the server compares its end with its own clock, so a short one would fail for a wrong clock. We have our own timers.
 * In milliseconds.
 */
export const NO_DEADLINE = 24 * 3_600_000

/** The settings of a connection string that we let through, in lower case without `_` and `-`. */
const SETTINGS = new Set([
  'tls',
  'tlscafile',
  'usercertfile',
  'userkeyfile',
  'connectionname',
  'defaultdeadline',
  'discoveryinterval',
  'gossiptimeout',
  'maxdiscoverattempts',
  'keepaliveinterval',
  'keepalivetimeout',
])

/**
 * A client for a connection string; nothing is sent yet. Throws `StoreUnreadable`, which never shows the string: it may hold a password.
 * The client would print it where it does not know a setting, so those are refused first; so are the settings that change what it does
 * (`throwOnAppendFailure`, `nodePreference`).
 */
export const connect = (connection: string): EventStoreDBClient => {
  const settings = connection.slice(connection.lastIndexOf('@') + 1).match(/(?<=[?&])[^=&]+/g) ?? []
  const unknown = settings.find((name) => !SETTINGS.has(name.toLowerCase().replace(/[_-]/g, '')))
  if (unknown !== undefined)
    throw new StoreUnreadable(`the event store's connection string has '${unknown}', which is no setting here`)
  try {
    return dropLateAnswers(EventStoreDBClient.connectionString(connection))
  } catch (error) {
    if (error instanceof Error && !('connectionString' in error)) throw new StoreUnreadable(detailOf(error))
    throw new StoreUnreadable(
      "the event store's connection string must look like esdb://host:2113?tls=false or esdb+discover://name:2113?tlsCAFile=ca.crt",
    )
  }
}

/**
 * The client that appends. A client whose first call failed in certain ways keeps that failure for ever, and one that lost an answer
 * never tells, so it can be replaced; the old one is gone before the new one is there.
 */
export class Link {
  readonly #connection: string
  #client: Promise<EventStoreDBClient>

  constructor(connection: string) {
    this.#connection = connection
    this.#client = Promise.resolve(connect(connection))
  }

  client(): Promise<EventStoreDBClient> {
    return this.#client
  }

  renew(): void {
    this.#client = this.#client.then(async (old) => {
      await old.dispose()
      try {
        return connect(this.#connection)
      } catch {
        // Its certificate is gone, say; the old one may still do.
        return old
      }
    })
  }

  async dispose(): Promise<void> {
    await (await this.#client).dispose()
  }
}
