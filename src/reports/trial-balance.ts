import { chartName, type Posting } from '../ledger/postings.js'

/** Totals of one account of the chart in one currency, in minor units; neither is negative. */
export interface TrialLine {
  readonly account: string
  readonly currency: string
  readonly debit: bigint
  readonly credit: bigint
}

interface Total {
  debit: bigint
  credit: bigint
}

/** Sums postings per account of the chart and currency. Memory grows with the number of accounts. */
export class TrialBalance {
  /** By currency, kind and name: no text is put together per posting. */
  private readonly totals = new Map<string, Map<string, Map<string, Total>>>()

  /** The postings of one fact, as `postings` gives them. */
  add(legs: readonly Posting[]): void {
    for (const leg of legs) {
      const total = this.total(leg)
      if (leg.amount > 0n) total.debit += leg.amount
      else total.credit -= leg.amount
    }
  }

  /** By currency, then account. */
  lines(): readonly TrialLine[] {
    return [...this.totals]
      .sort(byName)
      .flatMap(([currency, kinds]) => linesOf(currency, kinds).sort((a, b) => byName([a.account], [b.account])))
  }

  /** Debits less credits of each currency that does not balance; empty when the books do. */
  imbalances(): readonly { readonly currency: string; readonly difference: bigint }[] {
    return [...this.totals].flatMap(([currency, kinds]) => {
      const difference = linesOf(currency, kinds).reduce((sum, { debit, credit }) => sum + debit - credit, 0n)
      return difference === 0n ? [] : [{ currency, difference }]
    })
  }

  private total({ currency, kind, name }: Posting): Total {
    const known = this.totals.get(currency)?.get(kind)?.get(name)
    if (known !== undefined) return known
    const total = { debit: 0n, credit: 0n }
    const kinds = this.totals.get(currency) ?? new Map<string, Map<string, Total>>()
    this.totals.set(currency, kinds.set(kind, (kinds.get(kind) ?? new Map<string, Total>()).set(name, total)))
    return total
  }
}

const linesOf = (currency: string, kinds: ReadonlyMap<string, ReadonlyMap<string, Total>>): TrialLine[] =>
  [...kinds].flatMap(([kind, names]) =>
    [...names].map(([name, total]) => ({ account: chartName({ kind, name }), currency, ...total })),
  )

const byName = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number => (a < b ? -1 : 1)
