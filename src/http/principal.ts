import type { Actor } from '../ledger/state.js'

export const roles = ['admin', 'auditor', 'finance', 'service'] as const
export type Role = (typeof roles)[number]

/** Who asks, as the token says. */
export interface Claims {
  readonly subject: string
  readonly roles: ReadonlySet<Role>
  /** Names besides the subject's own. */
  readonly accounts: ReadonlySet<string>
  readonly scopes: ReadonlySet<string>
}

export class Principal implements Actor {
  readonly subject: string
  readonly admin: boolean
  readonly readsAll: boolean
  readonly #claims: Claims

  constructor(claims: Claims) {
    this.subject = claims.subject
    this.admin = claims.roles.has('admin')
    this.readsAll = this.admin || claims.roles.has('auditor') || claims.roles.has('finance')
    this.#claims = claims
  }

  acts(account: string): boolean {
    return account === this.subject || this.#claims.accounts.has(account)
  }

  may(scope: string): boolean {
    return this.#claims.scopes.has(scope)
  }

  reads(account: string): boolean {
    return this.readsAll || this.acts(account)
  }
}
