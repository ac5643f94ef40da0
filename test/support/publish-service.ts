import type { Config } from '../../src/config.js'
import { encode } from '../../src/store/encode.js'
import { openEventStore } from '../../src/stores.js'
import { idOf } from './books.js'
import { serviced } from './facts.js'
import { NOW } from './given.js'

/** The service `db` is in the log before a server runs. */
export const publishService = async (config: Config): Promise<void> => {
  const options = {
    acceptLog: false,
    committed: null,
    log: () => undefined,
    clock: Date.now,
    signal: new AbortController().signal,
  }
  const store = await openEventStore(config.events, options)
  const metadata = { recordedAt: NOW, actor: 'root', correlationId: 'c', causationId: idOf(1) }
  await store.append('catalogue', -1, [encode(serviced('db'), 'catalogue', -1, metadata)])
  await store.close()
}
