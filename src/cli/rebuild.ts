import type { Config } from '../config.js'
import type { Difference } from '../reports/compare.js'
import type { RebuildEnd, RebuildLine } from '../reports/rebuild.js'
import { progressBar } from './progress.js'
import { askServer, TaskFailed } from './running-server.js'
import { type Terminal, type Tool, UsageError } from './tool.js'

const ask = (config: Config, view: string, now: number): Promise<AsyncIterable<string>> =>
  askServer(config, { path: '/v1/rebuilds', body: { view }, roles: ['projector', 'all'], name: 'a rebuild' }, now)

const BROKEN_OFF: RebuildEnd = {
  kind: 'failed',
  code: 'interrupted',
  detail: 'the server broke off; the live build is as it was',
}

/** Shows the progress; resolves with what the last line said. */
const watch = async (lines: AsyncIterable<string>, note: Terminal['note']): Promise<RebuildEnd> => {
  const bar = progressBar(note)
  try {
    for await (const text of lines) {
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

export const rebuildCommand: Tool = {
  name: 'rebuild',
  usage: 'rebuild [view]',
  meaning:
    'Builds a view anew from the log, compares it with the live one, and makes it live. Views: balances, amounts.',
  run: async ({ args, config, clock, out, note }) => {
    const [view = 'ledger', ...others] = args
    if (others.length > 0) throw new UsageError('rebuild takes one view, or none for all')
    const end = await watch(await ask(config, view, clock()), note)
    if (end.kind === 'failed') throw new TaskFailed(end.code, end.detail)
    const { build, events, compared, different, moved, differences } = end.result
    out(
      `Build ${build} of ${events} events is live: ${compared} compared, ${different} different, ${moved} moved on meanwhile.\n`,
    )
    for (const difference of differences) out(shown(difference))
    return different === 0 ? 0 : 3
  },
}
