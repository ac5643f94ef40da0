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

/** The chart's accounts of one kind in one currency. */
interface Ledger {
  readonly currency: string
  readonly kind: string
  readonly totals: Map<string, Total>
}

/** Sums postings per account of the chart and currency. Memory grows with the number of accounts. */
export class TrialBalance {
  /** By currency and kind. */
  private readonly ledgers = new Map<string, Ledger>()
  /** That of the last posting, which mostly is that of the next one too: then no text is put together to find it. */
  private last: Ledger | null = null

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
    return [...this.ledgers.values()]
      .flatMap(linesOf)
      .sort((a, b) => byName(a.currency, b.currency) || byName(a.account, b.account))
  }

  /** Debits less credits of each currency that does not balance; empty when the books do. */
  imbalances(): readonly { readonly currency: string; readonly difference: bigint }[] {
    const differences = new Map<string, bigint>()
    for (const { currency, totals } of this.ledgers.values()) {
      let difference = differences.get(currency) ?? 0n
      for (const { debit, credit } of totals.values()) difference += debit - credit
      differences.set(currency, difference)
    }
    return [...differences].flatMap(([currency, difference]) => (difference === 0n ? [] : [{ currency, difference }]))
  }

  private total({ currency, kind, name }: Posting): Total {
    const ledger = this.last?.kind === kind && this.last.currency === currency ? this.last : this.find(currency, kind)
    this.last = ledger
    const known = ledger.totals.get(name)
    if (known !== undefined) return known
    const total = { debit: 0n, credit: 0n }
    ledger.totals.set(name, total)
    return total
  }

  private find(currency: string, kind: string): Ledger {
    const id = `${currency} ${kind}`
    const ledger = this.ledgers.get(id) ?? { currency, kind, totals: new Map<string, Total>() }
    this.ledgers.set(id, ledger)
    return ledger
  }
}

const linesOf = ({ currency, kind, totals }: Ledger): TrialLine[] =>
  [...totals].map(([name, total]) => ({ account: chartName({ kind, name }), currency, ...total }))

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
