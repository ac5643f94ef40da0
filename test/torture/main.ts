import { parseArgs } from 'node:util'
import { checkouts } from './checkouts.js'
import { cluster } from './cluster.js'
import { diskFull } from './disk-full.js'
import { hostileLoad } from './hostile-load.js'
import { ioError } from './io-error.js'
import { keys } from './keys.js'
import { kill } from './kill.js'
import { memory } from './memory.js'
import { powerLoss } from './power-loss.js'
import { renewals } from './renewals.js'
import { servers } from './servers.js'
import type { Result, Torture } from './support/result.js'

const programs: Readonly<Record<string, Torture>> = {
  kill,
  keys,
  'hostile-load': hostileLoad,
  memory,
  'disk-full': diskFull,
  'power-loss': powerLoss,
  'io-error': ioError,
  cluster,
  servers,
  renewals,
  checkouts,
}

const usage = `npm run torture -- <name> [--seed N] [--times N] [--short]
names: ${Object.keys(programs).join(', ')}, and short: the short form of all`

const run = async (name: string, torture: Torture, wish: Parameters<Torture>[0]): Promise<boolean> => {
  const start = performance.now()
  const result: Result = await torture(wish).catch((error: unknown) => ({
    figures: 'broken off',
    violations: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  }))
  const seconds = Math.round((performance.now() - start) / 1000)
  console.log(`${name}: ${result.figures}; ${result.violations.length} violations; ${seconds} s, --seed ${wish.seed}`)
  for (const violation of result.violations.slice(0, 20)) console.error(`  ${violation}`)
  return result.violations.length === 0
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, times: { type: 'string' }, short: { type: 'boolean', default: false } },
})
const [name = ''] = positionals
const chosen = name === 'short' ? Object.entries(programs) : Object.entries(programs).filter(([one]) => one === name)
if (chosen.length === 0) {
  console.error(usage)
  process.exit(2)
}
const seed = Number(values.seed ?? 1 + (Date.now() % 1_000_000_000))
const times = values.times === undefined ? undefined : Number(values.times)
let good = true
for (const [one, torture] of chosen) {
  good = (await run(one, torture, { seed, times, short: values.short || name === 'short' })) && good
}
process.exit(good ? 0 : 1)
