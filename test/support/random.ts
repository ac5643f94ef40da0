/** How a random test is run: COUNTERFOIL_SEED repeats one, COUNTERFOIL_RUNS makes it longer. A failure prints its seed. */
export const runs = (short: number): { numRuns: number; seed: number } => {
  const seed = Number(process.env.COUNTERFOIL_SEED ?? Date.now() % 2_147_483_647)
  return { numRuns: Number(process.env.COUNTERFOIL_RUNS ?? short), seed }
}
