#!/usr/bin/env node
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { issueToken } from './cli/token.js'
import { explain } from './cli/tool.js'
import { readConfig } from './config.js'
import { greeting, loadDemo } from './demo.js'
import { startServer } from './server.js'
import { createStop } from './stopping.js'

const say = (message: string): void => {
  process.stderr.write(`${message}\n`)
}

const DEADLINE = 10_000
const ADMIN = { subject: 'admin', roles: ['admin'], accounts: [], scope: '', seconds: 12 * 3600 }

const run = async (): Promise<void> => {
  const config = readConfig(process.env)
  const server = await startServer({ config, log: say, logger: { level: 'error' } })
  // Where the command line finds the server.
  const found = join(config.data, 'server.json')
  writeFileSync(found, `${JSON.stringify({ pid: process.pid, address: server.address })}\n`)
  const close = async (): Promise<void> => {
    rmSync(found, { force: true })
    await server.close()
  }
  const stop = createStop({ close, exit: process.exit, say, deadline: DEADLINE })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  process.stdout.write(`Counterfoil listens on ${server.address}\n`)
  if (process.argv.includes('--demo')) {
    await loadDemo(server)
    const issuedAt = Math.floor(Date.now() / 1000)
    const token = issueToken(config, { ...ADMIN, issuedAt })
    process.stdout.write(greeting(server.address, token))
  }
}

run().catch((error: unknown) => {
  say(explain(error))
  process.exit(1)
})
