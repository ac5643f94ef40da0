#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, readConfig } from './config.js'
import { loadDemo } from './demo.js'
import { startServer } from './server.js'

const say = (message: string): void => {
  process.stderr.write(`${message}\n`)
}

/** The errors of ours that a person can mend say so in one sentence; anything else keeps its stack. */
const explain = (error: unknown): string => {
  if (error instanceof ConfigError) return error.message
  if (error instanceof Error && 'code' in error) return `${String(error.code)}: ${error.message}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

const run = async (): Promise<void> => {
  const config = readConfig(process.env)
  const server = await startServer({ config, log: say, logger: { level: 'error' } })
  writeFileSync(join(config.data, 'server.json'), `${JSON.stringify({ pid: process.pid, address: server.address })}\n`)
  process.stdout.write(`Counterfoil listens on ${server.address}\n`)
  if (process.argv.includes('--demo')) process.stdout.write(await loadDemo(server, config))
  let closing = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (closing) return
      closing = true
      server.close().then(
        () => process.exit(0),
        (error: unknown) => {
          say(explain(error))
          process.exit(1)
        },
      )
    })
  }
}

run().catch((error: unknown) => {
  say(explain(error))
  process.exit(1)
})
