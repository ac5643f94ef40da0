import { join } from 'node:path'
import Database from 'better-sqlite3'
import { catalogue, upcasts } from '../../events/catalogue.js'
import { catchUp } from '../../src/follower/catch-up.js'
import { actual, credit, evolveOwn } from '../../src/ledger/account.js'
import { inAccount } from '../../src/ledger/facts.js'
import { formatMinor } from '../../src/ledger/money.js'
import { ownerOf } from '../../src/ledger/owner.js'
import { postings } from '../../src/ledger/postings.js'
import type { OwnAccount } from '../../src/ledger/state.js'
import { TrialBalance } from '../../src/reports/trial-balance.js'
import { createDecoder } from '../../src/store/decode.js'
import type { EventLog } from '../../src/store/port.js'
import { openSqliteEventLog } from '../../src/store/sqlite.js'

/** What a stopped ledger holds, whose views are a file. Throws where its views are not the fold of its log, or the books do not balance. */
export const audit = async (
  directory: string,
  openLog = (): Promise<EventLog> => openSqliteEventLog({ path: join(directory, 'events.db') }),
): Promise<{ readonly events: number; readonly trades: number }> => {
  const log = await openLog()
  const own = new Map<string, OwnAccount>()
  const incoming = new Map<string, bigint>()
  const trial = new TrialBalance()
  let [events, trades] = [0, 0]
  await catchUp({
    log,
    decode: createDecoder(catalogue, upcasts),
    signal: new AbortController().signal,
    consumer: {
      name: 'audit',
      checkpoint: null,
      handle: async (batch) => {
        for (const event of batch.events) {
          events += 1
          if (event.type === 'Traded') trades += 1
          if (inAccount(event)) {
            const owner = ownerOf(event)
            own.set(owner, evolveOwn(own.get(owner), event, event.leaf))
          }
          const credited = credit(event)
          if (credited) incoming.set(credited.account, (incoming.get(credited.account) ?? 0n) + credited.amount)
          trial.add(postings(event))
        }
      },
    },
  })
  await log.close()
  if (trial.imbalances().length > 0) throw new Error('The books do not balance.')
  const views = new Database(join(directory, 'views.db'), { readonly: true })
  const live = views.prepare("SELECT build FROM _live WHERE projection = 'ledger'").pluck().get()
  const rows = views
    .prepare<[], { key: string; body: string }>(`SELECT key, body FROM "balances@${String(live)}"`)
    .all()
  for (const { key, body } of rows) {
    const account = own.get(key)
    const folded = account && formatMinor(actual({ own: account, incoming: incoming.get(key) ?? 0n }), 2)
    const shown: { readonly actual: string } = JSON.parse(body)
    if (shown.actual !== folded) throw new Error(`${key}: the view says ${shown.actual}, the log ${folded}.`)
  }
  if (rows.length !== own.size) throw new Error(`The view has ${rows.length} accounts, the log ${own.size}.`)
  views.close()
  return { events, trades }
}
