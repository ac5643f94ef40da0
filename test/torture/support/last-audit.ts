import { projections } from '../../../src/projections/projections.js'
import type { EventLog } from '../../../src/store/port.js'
import type { ViewStore } from '../../../src/views/port.js'
import { compareBalances } from './balances.js'
import type { Client } from './client.js'
import { compareWithFold } from './fresh-fold.js'
import type { Ledger } from './ledger.js'
import type { Node } from './node.js'
import type { PortLog } from './port-log.js'
import { until } from './server.js'
import type { Traffic } from './traffic.js'

export interface Audited {
  readonly ledger: Ledger
  readonly log: PortLog
  readonly traffic: Traffic
  readonly below: (bound: number) => number
}

/** When nothing is under way any more: resolves what is unknown by its key, and compares answers and balances with the log. Gives how many were unknown. */
export const auditAnswers = async (
  { ledger, log, traffic, below }: Audited,
  clients: readonly Client[],
): Promise<{ readonly unknown: number; readonly stored: number; readonly violations: readonly string[] }> => {
  const [client] = clients
  if (client === undefined) return { unknown: 0, stored: 0, violations: ['nobody listens'] }
  await log.read()
  ledger.audit(log)
  const stored = [...ledger.unknown.keys()].filter((key) => log.byKey.has(key)).length
  const unknown = await ledger.resolve(client, log)
  const keys = [...ledger.acknowledged.keys()]
  for (const each of clients)
    await ledger.repeat(
      each,
      Array.from({ length: 20 }, () => keys[below(keys.length)] ?? ''),
    )
  await log.read()
  ledger.audit(log)
  const wrong: string[] = []
  for (const each of clients) wrong.push(...(await compareBalances(each, traffic.admin, log)))
  return { unknown, stored, violations: wrong }
}

const PATIENCE = 30_000

/** Those who decide end first, for a sweeper appends up to the last moment; then, once the views hold all of it, those who fold. */
export const stopAll = async (
  nodes: readonly Node[],
  log: PortLog,
  views: Pick<ViewStore, 'reader'>,
): Promise<void> => {
  await Promise.all(nodes.filter(({ role }) => role !== 'projector').map((one) => one.stop()))
  await log.read()
  for (const { name } of projections)
    await until(PATIENCE, `the views of ${name} hold the whole log`, async () =>
      (await views.reader.checkpoint(name))?.leaf === log.events - 1 ? true : null,
    )
  await Promise.all(nodes.filter(({ role }) => role === 'projector').map((one) => one.stop()))
}

/** When every process has ended: everything once more, and the views byte for byte. */
export const auditAll = async (
  { ledger: acknowledged, log }: Audited,
  stores: { readonly log: EventLog; readonly views: ViewStore },
): Promise<{ readonly compared: number; readonly violations: readonly string[] }> => {
  await log.read()
  acknowledged.auditAll(log)
  acknowledged.close()
  const { compared, violations } = await compareWithFold(stores.log, stores.views)
  return { compared, violations: [...violations, ...acknowledged.violations, ...log.found()] }
}
