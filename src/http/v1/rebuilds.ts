import type { RebuildLine } from '../../reports/rebuild.js'
import { RequestRefused } from '../errors.js'
import type { TaskRoute } from '../route.js'
import { fields } from './schemas.js'

/** They are one projection, so they are made anew together. */
const VIEWS = ['ledger', 'balances', 'amounts']

/** Makes the views anew from the log, compares them with the live ones, makes them live. */
export const rebuilds: TaskRoute = {
  kind: 'task',
  method: 'POST',
  url: '/v1/rebuilds',
  body: fields({}, { view: { type: 'string', maxLength: 64 } }),
  start: ({ parts, body }, tell) => {
    const { view = 'ledger' } = body.some('view')
    if (!VIEWS.includes(view)) throw new RequestRefused('view_not_found', `There is no view ${view}.`)
    const say = (line: RebuildLine): void => tell(JSON.stringify(line))
    const ended = parts.rebuild((done, total) => say({ kind: 'progress', done, total }))
    if (ended === null) throw new RequestRefused('rebuild_running')
    return ended.then(say)
  },
}
