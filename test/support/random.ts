import type { Test } from 'tap'
import { fc } from './fast-check.js'

/**
 * Runs a random test and says with which seed. COUNTERFOIL_SEED repeats one, COUNTERFOIL_RUNS makes it longer.
 * A failure throws with the seed and the smallest counterexample.
 */
export const check = <Drawn>(t: Test, property: fc.IProperty<Drawn>, short: number): void => {
  const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
  const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? short)
  fc.assert(property, { seed, numRuns })
  t.pass(`${numRuns} runs, COUNTERFOIL_SEED=${seed}`)
}

/** The same, for a property that awaits. */
export const asyncCheck = async <Drawn>(t: Test, property: fc.IAsyncProperty<Drawn>, short: number): Promise<void> => {
  const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
  const numRuns = Number(process.env.COUNTERFOIL_RUNS ?? short)
  await fc.assert(property, { seed, numRuns })
  t.pass(`${numRuns} runs, COUNTERFOIL_SEED=${seed}`)
}
