import type { Actor } from '../../src/ledger/state.js'

/** Someone who acts for the accounts named, with the scopes named. */
export const actor = (
  subject: string,
  accounts: readonly string[] = [subject],
  scopes: readonly string[] = [],
): Actor => ({
  subject,
  admin: false,
  acts: (account) => accounts.includes(account),
  may: (scope) => scopes.includes(scope),
})

export const admin: Actor = { subject: 'operator', admin: true, acts: () => false, may: () => false }

export const sweeper: Actor = actor('system:sweeper', [])
