#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { explain } from './cli/tool.js'
import { readConfig } from './config.js'
import { loadDemo } from './demo.js'
import { startServer } from './server.js'

const say = (message: string): void => {
  process.stderr.write(`${message}\n`)
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
