import { projections } from '../../projections/projections.js'
import type { RebuildLine } from '../../reports/rebuild.js'
import { RequestRefused } from '../errors.js'
import type { TaskRoute } from '../route.js'
import { fields } from './schemas.js'

/** By the name of a projection or of a view of it: the views of one projection are made anew together. */
const projectionsOf = (view: string): readonly string[] =>
  projections
    .filter(({ name, documents, rows }) => ['all', name, documents, rows].includes(view))
    .map(({ name }) => name)

/** Makes views anew from the log, compares them with the live ones, makes them live. */
export const rebuilds: TaskRoute = {
  kind: 'task',
  method: 'POST',
  url: '/v1/rebuilds',
  body: fields({}, { view: { type: 'string', maxLength: 64 } }),
  start: ({ parts, body }, tell) => {
    const { view = 'all' } = body.some('view')
    const names = projectionsOf(view)
    if (names.length === 0) throw new RequestRefused('view_not_found', `There is no view ${view}.`)
    const say = (line: RebuildLine): void => tell(JSON.stringify(line))
    const ended = parts.rebuild(names, (done, total) => say({ kind: 'progress', done, total }))
    if (ended === null) throw new RequestRefused('rebuild_running')
    return ended.then(say)
  },
}
