import { date } from '../../../events/parts.js'
import { nothingRenewed, type RenewalLine } from '../../commands/renewals.js'
import { badAsOf } from '../../ledger/decide/renew.js'
import { RequestRefused } from '../errors.js'
import type { TaskRoute } from '../route.js'
import { fields } from './schemas.js'

/** Charges every period of a plan that begins by that day and is not paid; left out: today, as the scheduler does. */
export const renewals: TaskRoute = {
  kind: 'task',
  method: 'POST',
  url: '/v1/renewals',
  body: fields({}, { asOf: date }),
  start: ({ parts, caller, body }, tell) => {
    const today = parts.today()
    const { asOf = today } = body.some('asOf')
    const bad = badAsOf(asOf, today)
    if (bad?.kind === 'refused') throw new RequestRefused(bad.refusal.code, bad.refusal.detail)
    const say = (line: RenewalLine): void => tell(JSON.stringify(line))
    const asked = { asOf, actor: caller, correlationId: parts.drawId() }
    const ended = parts.renew({ ...asked, progress: (done) => say({ kind: 'progress', done }) })
    if (ended === null) throw new RequestRefused('renewal_running')
    // At once, so that a client knows that it has begun.
    say({ kind: 'progress', done: nothingRenewed })
    return ended.then(say)
  },
}
