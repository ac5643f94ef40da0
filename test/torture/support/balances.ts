import type { Client } from './client.js'
import { inParallel } from './ledger.js'
import type { AnyLog } from './log.js'
import { decimal } from './oracle.js'
import { until } from './server.js'

/** Compares every balance over HTTP with the oracle's, once the views have come so far; holds may run out meanwhile, so it looks again. */
export const compareBalances = async (client: Client, token: string, log: AnyLog): Promise<readonly string[]> => {
  let wrong: string[] = []
  const look = async (): Promise<true | null> => {
    await log.read()
    wrong = []
    await inParallel([...log.oracle.accounts], 16, async ([name, { actual, held, limit }]) => {
      const { status, text } = await client.ask({ method: 'GET', path: `/v1/accounts/${name}`, token })
      const wanted = [decimal(actual), decimal(held), decimal(actual - held), decimal(limit)]
      const found = ['actual', 'held', 'available', 'creditLimit'].map(
        (field) => new RegExp(`"${field}":"([^"]*)"`).exec(text)?.[1],
      )
      if (found.join() !== wanted.join()) wrong.push(`${name}: ${status} ${found} instead of ${wanted}`)
    })
    return wrong.length === 0 ? true : null
  }
  await until(20_000, 'balances equal the fold of the log', look).catch(() => undefined)
  return wrong
}
