/** A process of its own for tests: appends to the store named on the command line, and prints each acknowledged event. */
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import { event } from './support.js'

const store = await openSqliteEventStore({ path: process.argv[2] ?? '', log: () => {} })
const [last] = await store.readStream('s', { direction: 'backwards', max: 1 })
process.stdout.write('open\n')
const writer = async (stream: string, from: number): Promise<void> => {
  for (let revision = from; ; revision += 1) {
    const id = `${stream}-${revision}`
    await store.append(stream, revision - 1, [event(id)])
    process.stdout.write(`${id}\n`)
  }
}
await Promise.all([writer('s', (last?.revision ?? -1) + 1), writer(`once-${process.pid}`, 0)])
