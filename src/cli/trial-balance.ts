import { existsSync } from 'node:fs'
import { catalogue, upcasts } from '../../events/catalogue.js'
import type { FollowedBatch } from '../follower/batch.js'
import { catchUp } from '../follower/catch-up.js'
import { amountText } from '../ledger/money.js'
import { postings } from '../ledger/postings.js'
import { TrialBalance, type TrialLine } from '../reports/trial-balance.js'
import { createDecoder } from '../store/decode.js'
import { openEventLog } from '../stores.js'
import { progressBar } from './progress.js'
import { type Tool, UsageError } from './tool.js'

const line = ({ account, currency, debit, credit }: TrialLine): string => {
  const text = (minor: bigint): string => amountText(minor, currency).padStart(22)
  return `${currency}  ${text(debit)}  ${text(credit)}  ${account}\n`
}

export const trialBalanceCommand: Tool = {
  name: 'trial-balance',
  usage: 'trial-balance',
  meaning: 'Replays the whole log and prints debits and credits of every account of the chart. Only reads.',
  run: async (terminal) => {
    const { args, config, out, note } = terminal
    if (args.length > 0) throw new UsageError('trial-balance takes nothing more')
    const { events } = config
    if (events.kind === 'sqlite' && !existsSync(events.path))
      throw new UsageError(`there is no event store at ${events.path}; COUNTERFOIL_EVENTS names another`)
    /* c8 ignore next -- only a store on a server has something to say */
    const say = (message: string): void => note(`${message}\n`)
    const log = await openEventLog(events, { waking: null, log: say })
    const balance = new TrialBalance()
    const bar = progressBar(terminal)
    const handle = async ({ events }: FollowedBatch) => {
      for (const event of events) balance.add(postings(event))
    }
    const consumer = { name: 'trial-balance', checkpoint: null, handle }
    const { signal } = new AbortController()
    const decode = createDecoder(catalogue, upcasts)
    try {
      await catchUp({ log, decode, consumer, progress: (done) => bar.show(done, null), signal })
    } finally {
      bar.end()
      await log.close()
    }
    out(`cur  ${'debit'.padStart(22)}  ${'credit'.padStart(22)}  account\n`)
    for (const each of balance.lines()) out(line(each))
    const wrong = balance.imbalances()
    /* c8 ignore next 4 -- the postings of every event sum to zero, so no log can bring it about; but then it must be seen */
    if (wrong.length > 0) {
      for (const { currency, difference } of wrong) out(`${currency} does not balance: ${difference} minor units\n`)
      return 1
    }
    out('The books balance.\n')
    return 0
  },
}
