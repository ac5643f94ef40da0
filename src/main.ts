#!/usr/bin/env -S node --max-semi-space-size=64
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { writeServerFile } from './cli/server-file.js'
import { issueToken } from './cli/token.js'
import { explain, UsageError } from './cli/tool.js'
import { readConfig } from './config.js'
import { greeting, loadDemo, NO_DEMO } from './demo.js'
import { reasonOf } from './follower/batch.js'
import { startServer } from './server.js'
import { createStop } from './stopping.js'

const say = (message: string): void => {
  process.stderr.write(`${message}\n`)
}

const DEADLINE = 10_000
const ADMIN = { subject: 'admin', roles: ['admin'], accounts: [], scope: '', seconds: 12 * 3600 }

/** `--role` says more than COUNTERFOIL_ROLE. */
const readArguments = (): { readonly demo: boolean; readonly role: string | undefined } => {
  try {
    const options = { demo: { type: 'boolean', default: false }, role: { type: 'string' } } as const
    const { demo, role } = parseArgs({ options }).values
    return { demo, role }
  } catch (error) {
    throw new UsageError(`${reasonOf(error)}; there are --role all, api or projector, and --demo`)
  }
}

const run = async (): Promise<void> => {
  const { demo, role } = readArguments()
  const config = readConfig({ ...process.env, ...(role !== undefined && { COUNTERFOIL_ROLE: role }) })
  const server = await startServer({ config, log: say, logger: { level: 'error' } })
  let found: string | null = null
  try {
    found = writeServerFile(config.data, config.role, server.address)
  } catch (error) {
    say(`the command line will not find this server: ${reasonOf(error)}`)
  }
  let closing = false
  const close = async (): Promise<void> => {
    closing = true
    if (found !== null) rmSync(found, { force: true })
    await server.close()
  }
  const stop = createStop({ close, exit: process.exit, say, deadline: DEADLINE })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  process.stdout.write(`Counterfoil listens on ${server.address}\n`)
  const started = await server.started.catch(async (error: unknown) => {
    if (closing) return null
    await close()
    throw error
  })
  if (!demo || started === null) return
  if (!(await loadDemo(started))) {
    process.stdout.write(NO_DEMO)
    return
  }
  const issuedAt = Math.floor(Date.now() / 1000)
  const token = issueToken(config, { ...ADMIN, issuedAt })
  process.stdout.write(greeting(server.address, token))
}

run().catch((error: unknown) => {
  say(explain(error))
  process.exit(1)
})
