import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { openEventStoreDb } from '../../src/store/eventstoredb.js'
import type { Fault } from '../../src/store/memory.js'
import { folder } from '../store/support.js'
import { startDouble } from '../support/eventstoredb/double.js'
import { fc } from '../support/fast-check.js'
import { compareAll, prepare, Real, sequences } from '../support/model.js'

const fault = fc.constantFrom<Fault>('ok', 'unknown-stored', 'unknown-lost')
const times = { deadline: 500, patience: 5_000 }

t.test('on an EventStoreDB that drops connections it is all the same', { timeout: 600_000 }, async (t) => {
  const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
  const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? 8)
  t.comment(`COUNTERFOIL_SEED=${seed}`)
  const double = await startDouble({ directory: folder(t) })
  t.teardown(() => double.stop())
  let [runs, answers, struck] = [0, 0, 0]
  const property = fc.asyncProperty(sequences(fault, 30), async (commands) => {
    runs += 1
    const options = { connection: double.connectionString, prefix: `run-${runs}-`, log: () => {}, times }
    const stores = [await openEventStoreDb(options), await openEventStoreDb(options)] as const
    const arm = (faults: readonly Fault[]): void => {
      double.fault({ kind: 'clear' })
      for (const one of faults) {
        if (one === 'ok') continue
        struck += 1
        double.fault({ kind: one === 'unknown-stored' ? 'drop' : 'unavailable', stream: options.prefix })
      }
    }
    let real: Real | undefined
    await fc.asyncModelRun(async () => {
      real = await prepare(new Real(stores, { arm, wait }))
      return { model: {}, real }
    }, commands)
    if (real !== undefined) {
      await compareAll(real)
      answers += real.oracle.answers
    }
    for (const store of stores) await store.close()
  })
  await fc.assert(property, { seed, numRuns })
  t.pass(`${numRuns} sequences, ${answers} answers, ${struck} faults armed, COUNTERFOIL_SEED=${seed}`)
})
