import { projections } from '../projections/projections.js'
import type { Difference } from '../reports/compare.js'
import type { RebuildEnd, RebuildLine } from '../reports/rebuild.js'
import { progressBar } from './progress.js'
import { calling, linesOf, TaskFailed } from './server.js'
import { type Terminal, type Tool, UsageError } from './tool.js'

const START = 'start the server: a rebuild is done by the running one'

const ask = async (terminal: Terminal, view: string): Promise<AsyncIterable<string>> => {
  // A projector, where there is one beside an api process.
  const call = calling(terminal, { roles: ['projector', 'all'], start: START })
  return linesOf(await call('POST', '/v1/rebuilds', { view }))
}

const BROKEN_OFF: RebuildEnd = {
  kind: 'failed',
  code: 'interrupted',
  detail: 'the server broke off; the live build is as it was',
}

/** Shows the progress; resolves with what the last line said. */
const watch = async (lines: AsyncIterable<string>, terminal: Terminal): Promise<RebuildEnd> => {
  const bar = progressBar(terminal)
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

const names = [
  ...new Set(projections.flatMap(({ name, documents, rows }) => [name, documents, ...(rows === null ? [] : [rows])])),
]

export const rebuildCommand: Tool = {
  name: 'rebuild',
  usage: 'rebuild [view]',
  meaning:
    'Builds a view anew from the log, compares it with the live one, and makes it live; without a name, all of them, one after another. Views and projections: ' +
    `${names.join(', ')}.`,
  run: async (terminal) => {
    const { args, out } = terminal
    const [view = 'all', ...others] = args
    if (others.length > 0) throw new UsageError('rebuild takes one view, or none for all')
    const end = await watch(await ask(terminal, view), terminal)
    if (end.kind === 'failed') throw new TaskFailed(end.code, end.detail)
    for (const { projection, build, events, compared, different, moved, differences } of end.results) {
      out(
        `Build ${build} of ${projection}, from ${events} events, is live: ${compared} compared, ${different} different, ${moved} moved on meanwhile.\n`,
      )
      for (const difference of differences) out(shown(difference))
    }
    return end.results.every(({ different }) => different === 0) ? 0 : 3
  },
}
