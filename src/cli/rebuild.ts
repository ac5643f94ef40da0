import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { RebuildEnd } from '../thread.js'
import { progressBar } from './progress.js'
import { issueToken } from './token.js'
import { type Tool, UsageError } from './tool.js'

/** What the server's reply says, line by line. */
type Line = { readonly kind: 'progress'; readonly done: number; readonly total: number } | RebuildEnd

class ServerNotRunning extends Error {
  readonly code = 'server_not_running'
}

class RebuildFailed extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail)
  }
}

const addressOf = (data: string): string => {
  const path = join(data, 'server.json')
  const found: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
  if (typeof found === 'object' && found !== null && 'address' in found && typeof found.address === 'string') {
    return found.address
  }
  throw new ServerNotRunning(
    'no server has run with this data folder; start it: a rebuild is done by the running server',
  )
}

const MINUTE = 60

export const rebuildCommand: Tool = {
  name: 'rebuild',
  usage: 'rebuild [view]',
  meaning:
    'Builds a view anew from the log, compares it with the live one, and makes it live. Views: balances, amounts.',
  run: async ({ args, config, clock, out, note }) => {
    const [view = 'ledger', ...others] = args
    if (others.length > 0) throw new UsageError('rebuild takes one view, or none for all')
    const address = addressOf(config.data)
    const issuedAt = Math.floor(clock() / 1000)
    const token = issueToken(config, {
      subject: 'counterfoil-cli',
      roles: ['admin'],
      accounts: [],
      scope: '',
      issuedAt,
      seconds: MINUTE,
    })
    const request = {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ view }),
    }
    const reply = await fetch(`${address}/v1/rebuilds`, request).catch(() => {
      throw new ServerNotRunning(
        `nobody answers at ${address}; start the server: a rebuild is done by the running server`,
      )
    })
    if (!reply.ok || reply.body === null) throw new RebuildFailed('refused', await reply.text())
    const bar = progressBar(note)
    for await (const text of createInterface({ input: Readable.fromWeb(reply.body) })) {
      const line: Line = JSON.parse(text)
      if (line.kind === 'progress') {
        bar.show(line.done, line.total)
        continue
      }
      bar.end()
      if (line.kind === 'failed') throw new RebuildFailed(line.code, line.detail)
      const { build, events, compared, different, moved, differences } = line.result
      out(
        `Build ${build} of ${events} events is live: ${compared} compared, ${different} different, ${moved} moved on meanwhile.\n`,
      )
      for (const difference of differences) out(`${JSON.stringify(difference)}\n`)
      return different === 0 ? 0 : 3
    }
    throw new RebuildFailed('interrupted', 'the server broke off; the live build is as it was')
  },
}
