import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Config } from '../config.js'
import { projections } from '../projections/projections.js'
import type { Difference } from '../reports/compare.js'
import type { RebuildEnd, RebuildLine } from '../reports/rebuild.js'
import { textIn } from './json-member.js'
import { progressBar } from './progress.js'
import { projectorAddress } from './server-file.js'
import { issueToken } from './token.js'
import { type Terminal, type Tool, UsageError } from './tool.js'

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

const START = 'start the server: a rebuild is done by the running one'

const addressOf = (data: string): string => {
  const address = projectorAddress(data)
  if (address === null) throw new ServerNotRunning(`no server runs with the data folder ${data}; ${START}`)
  return address
}

const SECONDS = 60

const ask = async (config: Config, view: string, now: number): Promise<ReadableStream> => {
  const address = addressOf(config.data)
  const token = issueToken(config, {
    subject: 'counterfoil-cli',
    roles: ['admin'],
    accounts: [],
    scope: '',
    issuedAt: Math.floor(now / 1000),
    seconds: SECONDS,
  })
  const request = {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ view }),
  }
  const reply = await fetch(`${address}/v1/rebuilds`, request).catch(() => {
    throw new ServerNotRunning(`nobody answers at ${address}; ${START}`)
  })
  if (reply.ok && reply.body !== null) return reply.body
  const problem = await reply.text()
  const code = textIn(problem, 'code')
  if (code === '') throw new ServerNotRunning(`what answers at ${address} is no server of ours; ${START}`)
  throw new RebuildFailed(code, textIn(problem, 'detail'))
}

const BROKEN_OFF: RebuildEnd = {
  kind: 'failed',
  code: 'interrupted',
  detail: 'the server broke off; the live build is as it was',
}

/** Shows the progress; resolves with what the last line said. */
const watch = async (body: ReadableStream, note: Terminal['note']): Promise<RebuildEnd> => {
  const bar = progressBar(note)
  try {
    for await (const text of createInterface({ input: Readable.fromWeb(body) })) {
      const line: RebuildLine = JSON.parse(text)
      if (line.kind !== 'progress') return line
      bar.show(line.done, line.total)
    }
  } catch {
    // The connection is gone.
  } finally {
    bar.end()
  }
  return BROKEN_OFF
}

const shown = ({ view, key, leaf, before, after }: Difference): string =>
  [
    `${view} ${key}${leaf === null ? '' : `, event ${leaf}`}`,
    `  before ${before ?? 'nothing'}`,
    `  after  ${after ?? 'nothing'}`,
    '',
  ].join('\n')

const names = [
  ...new Set(projections.flatMap(({ name, documents, rows }) => [name, documents, ...(rows === null ? [] : [rows])])),
]

export const rebuildCommand: Tool = {
  name: 'rebuild',
  usage: 'rebuild [view]',
  meaning:
    'Builds a view anew from the log, compares it with the live one, and makes it live; without a name, all of them, one after another. Views and projections: ' +
    `${names.join(', ')}.`,
  run: async ({ args, config, clock, out, note }) => {
    const [view = 'all', ...others] = args
    if (others.length > 0) throw new UsageError('rebuild takes one view, or none for all')
    const end = await watch(await ask(config, view, clock()), note)
    if (end.kind === 'failed') throw new RebuildFailed(end.code, end.detail)
    for (const { projection, build, events, compared, different, moved, differences } of end.results) {
      out(
        `Build ${build} of ${projection}, from ${events} events, is live: ${compared} compared, ${different} different, ${moved} moved on meanwhile.\n`,
      )
      for (const difference of differences) out(shown(difference))
    }
    return end.results.every(({ different }) => different === 0) ? 0 : 3
  },
}
