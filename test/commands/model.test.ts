import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createMemoryEventStore, type Fault } from '../../src/store/memory.js'
import { fc } from '../support/fast-check.js'
import { compareAll, prepare, Real, sequences } from '../support/model.js'

const fault = fc.constantFrom<Fault>(
  'ok',
  'ok',
  'twice',
  'unknown-stored',
  'unknown-lost',
  'wrong-revision',
  'disk-full',
)
t.test(
  'whatever is asked, cut off, repeated and restarted: answers, log, files and views are those of the books',
  async (t) => {
    const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
    const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? 150)
    t.comment(`COUNTERFOIL_SEED=${seed}`)
    let answers = 0
    const property = fc.asyncProperty(sequences(fault, 60), async (commands) => {
      let real: Real | undefined
      await fc.asyncModelRun(async () => {
        const faults: Fault[] = []
        const before = (): Fault => faults.shift() ?? 'ok'
        const arm = (next: readonly Fault[]): unknown => faults.splice(0, faults.length, ...next)
        const store = createMemoryEventStore({ before })
        real = await prepare(new Real([store, store.sibling({ before })], { arm, wait: () => setImmediate() }))
        return { model: {}, real }
      }, commands)
      if (real === undefined) return
      await compareAll(real)
      answers += real.oracle.answers
    })
    await fc.assert(property, { seed, numRuns })
    t.pass(`${numRuns} sequences, ${answers} answers, COUNTERFOIL_SEED=${seed}`)
  },
)
