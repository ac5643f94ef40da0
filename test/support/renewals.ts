import type { Charging } from '../../src/commands/charging.js'
import { createMac } from '../../src/commands/mac.js'
import type { CommandContext, Commands, Outcome } from '../../src/commands/port.js'
import { type Due, nothingRenewed } from '../../src/commands/renewals.js'
import { idOf } from './books.js'
import { settle } from './loop.js'

export const mac = createMac(Buffer.from('a secret of tests'))

/** No card is charged in a test that does not say how. */
export const nobody: Charging['charge'] = async (start) => {
  const started = await start()
  if ('event' in started) throw new Error('a card was to be charged')
  return started
}

export const none = nothingRenewed

/** A file with so many accounts, each with one subscription that is due. */
export const dueOf = (count: number): Due => {
  const names = Array.from({ length: count }, (_, n) => `a${String(n).padStart(5, '0')}`)
  const period = { start: '2026-02-01', end: '2026-03-01', anchor: '2026-02-01', unit: 'month', zone: 'UTC' } as const
  const plan = { plan: 'p', planVersion: 1, name: 'p', type: 'C', price: '1.00', billPeriod: 'M', description: '' }
  const paid = { order: idOf(1), charged: '1.00', state: 'active', until: null, pays: 'balance', paidBy: [] } as const
  const other = { hex: '', device: null, next: null, locked: null, triedOn: null }
  const own = { subscriptions: [{ id: idOf(1), leaf: 1, plan, period, ...paid, ...other }] }
  return {
    renewals: (_, after, max) => names.filter((name) => name > after).slice(0, max),
    account: () => ({ own: own as NonNullable<ReturnType<Due['account']>>['own'] }),
  }
}

export const refused: Outcome = {
  kind: 'refused',
  refusal: { code: 'renewal_not_due', detail: 'X.', onRequest: false },
}

/** Answers every command so; counts how many are under way. */
export const answering = (answer: (n: number, context: CommandContext) => Promise<Outcome>) => {
  const seen = { all: 0, most: 0 }
  let now = 0
  const commands: Pick<Commands, 'execute'> = {
    execute: async (_name, _input, context) => {
      seen.all += 1
      const n = seen.all
      now += 1
      seen.most = Math.max(seen.most, now)
      await settle()
      now -= 1
      return answer(n, context)
    },
  }
  return { commands, seen }
}
