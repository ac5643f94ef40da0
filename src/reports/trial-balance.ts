import type { Posting } from '../ledger/postings.js'

/** Totals of one account of the chart in one currency, in minor units; neither is negative. */
export interface TrialLine {
  readonly account: string
  readonly currency: string
  readonly debit: bigint
  readonly credit: bigint
}

/** Sums postings per account of the chart and currency. Memory grows with the number of accounts. */
export class TrialBalance {
  private readonly totals = new Map<string, Map<string, { debit: bigint; credit: bigint }>>()

  /** The postings of one fact, as `postings` gives them. */
  add(legs: readonly Posting[]): void {
    for (const { account, currency, amount } of legs) {
      const total = this.total(currency, account)
      if (amount > 0n) total.debit += amount
      else total.credit -= amount
    }
  }

  /** By currency, then account. */
  lines(): readonly TrialLine[] {
    return [...this.totals]
      .sort(byName)
      .flatMap(([currency, accounts]) =>
        [...accounts].sort(byName).map(([account, total]) => ({ account, currency, ...total })),
      )
  }

  /** Debits less credits of each currency that does not balance; empty when the books do. */
  imbalances(): readonly { readonly currency: string; readonly difference: bigint }[] {
    return [...this.totals].flatMap(([currency, accounts]) => {
      const difference = [...accounts.values()].reduce((sum, { debit, credit }) => sum + debit - credit, 0n)
      return difference === 0n ? [] : [{ currency, difference }]
    })
  }

  private total(currency: string, account: string): { debit: bigint; credit: bigint } {
    const accounts = this.totals.get(currency) ?? new Map<string, { debit: bigint; credit: bigint }>()
    this.totals.set(currency, accounts)
    const total = accounts.get(account) ?? { debit: 0n, credit: 0n }
    accounts.set(account, total)
    return total
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)
