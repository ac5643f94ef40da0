import { parseArgs } from 'node:util'
import type { RenewalEnd, Renewed } from '../commands/renewals.js'
import { reasonOf } from '../follower/batch.js'
import { calling, linesOf, TaskFailed } from './server.js'
import { type Tool, UsageError } from './tool.js'
import { watch } from './watch.js'

const asOfIn = (args: readonly string[]): string | undefined => {
  try {
    return parseArgs({ args: [...args], options: { 'as-of': { type: 'string' } } }).values['as-of']
  } catch (error) {
    throw new UsageError(`${reasonOf(error)}; renew takes --as-of DATE`)
  }
}

const START = 'start the server: a renewal is done by the running one'

const BROKEN_OFF: RenewalEnd = {
  kind: 'failed',
  code: 'renewal_interrupted',
  detail: 'the server broke off; what was charged is charged, and renew may be run again for the rest',
}

const summary = ({ renewed, pastDue, ended, declined, unchanged }: Renewed): string =>
  `${renewed} periods renewed, ${pastDue} past due, ${ended} ended, ${declined} declined again, ${unchanged} unchanged`

export const renewCommand: Tool = {
  name: 'renew',
  usage: 'renew [--as-of DATE]',
  meaning:
    'Charges every period of a plan that begins by that day (in the configured zone) and is not paid; left out: today, as the server\n' +
    '      does every hour. A day in the future charges the periods up to it now. It may be run any number of times.',
  run: async (terminal) => {
    const { args, out } = terminal
    const asOf = asOfIn(args)
    const body = asOf === undefined ? {} : { asOf }
    const call = calling(terminal, { roles: ['all'], start: START })
    const end = await watch<Renewed, RenewalEnd>(linesOf(await call('POST', '/v1/renewals', body)), terminal, {
      summary,
      brokenOff: BROKEN_OFF,
    })
    if (end.kind === 'failed') throw new TaskFailed(end.code, end.detail)
    out(`${summary(end.result)}.\n`)
    if (end.result.failed === 0) return 0
    out(`${end.result.failed} could not be asked now; run it again.\n`)
    return 3
  },
}
