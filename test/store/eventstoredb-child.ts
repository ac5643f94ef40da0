/** A process of its own for tests: opens the store named on the command line, uses it, closes it, and must end by itself. */
import { openEventStoreDb, openEventStoreDbLog } from '../../src/store/eventstoredb.js'
import { event } from '../contract/names.js'

const options = { connection: process.argv[2] ?? '', prefix: 'ledger-', log: () => {} }
const store = await openEventStoreDb(options)
const log = await openEventStoreDbLog(options)
await store.append('s', -1, [event('a')])
for await (const _ of log.subscribe({ after: null, signal: new AbortController().signal })) break
await log.readLog({ after: null, max: 1 })
await log.close()
await store.close()
process.stdout.write('closed\n')
