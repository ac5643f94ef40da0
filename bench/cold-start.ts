/** From the start of the process to the first 200, on a store with many events, fresh views and a fresh write model. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOn, token } from './support/ledger.js'
import { manyEvents } from './support/many-events.js'

const EVENTS = Number(process.env.COUNTERFOIL_BENCH_EVENTS ?? 1_000_000)
const RUNS = 5

const directory = mkdtempSync(join(process.env.COUNTERFOIL_BENCH ?? tmpdir(), 'counterfoil-cold-'))
await manyEvents(directory, EVENTS, 10_000)

/** Milliseconds until a balance is read; `signal`: how the server ends. */
const start = async (signal: NodeJS.Signals): Promise<number> => {
  const begin = performance.now()
  const server = await startOn(directory)
  for (;;) {
    const reply = await fetch(`${server.url}/v1/accounts/a1`, { headers: { authorization: token('a1') } })
    await reply.arrayBuffer()
    if (reply.status === 200) break
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const took = performance.now() - begin
  await server.stop(signal)
  return took
}

const first = await start('SIGTERM')
console.log(`first start, everything built from ${EVENTS} events: ${first.toFixed(0)} ms`)
for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  const times: number[] = []
  for (let run = 0; run < RUNS; run += 1) times.push(await start(signal))
  times.sort((a, b) => a - b)
  const median = times[Math.floor(RUNS / 2)] ?? 0
  console.log(
    `start (ended by ${signal}): median ${median.toFixed(0)} ms of ${times.map((time) => time.toFixed(0)).join(', ')}`,
  )
  console.log(JSON.stringify({ name: 'cold start', signal, events: EVENTS, median, times }))
}
rmSync(directory, { recursive: true, force: true })
