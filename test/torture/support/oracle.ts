/** An event as it lies in the file, read without our own reader. */
export interface Stored {
  readonly position: number
  readonly stream: string
  readonly revision: number
  readonly id: string
  readonly type: string
  readonly data: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string>>
}

interface Holding {
  actual: bigint
  held: bigint
  limit: bigint
}

/** All amounts are in one currency of two decimals. */
export const minor = (text: string | undefined): bigint => BigInt((text ?? '').replace('.', ''))

export const decimal = (amount: bigint): string => {
  const digits = String(amount < 0n ? -amount : amount).padStart(3, '0')
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** A fold of the log of its own, sharing nothing with src/: balances, and that no voluntary debit passes the limit. */
export class Oracle {
  readonly accounts = new Map<string, Holding>()
  readonly violations: string[] = []
  /** Money from outside, less money to outside. */
  outside = 0n

  apply(event: Stored): void {
    const { type, data } = event
    const amount = data.amount === undefined ? 0n : minor(data.amount)
    switch (type) {
      case 'AccountOpened.v1':
        this.accounts.set(data.owner ?? '', { actual: 0n, held: 0n, limit: minor(data.creditLimit) })
        break
      case 'CreditLimitChanged.v1':
        this.#of(data.account).limit = minor(data.creditLimit)
        break
      case 'Recharged.v1':
        this.#of(data.account).actual += amount
        this.outside += amount
        break
      case 'Traded.v1':
        this.#of(data.buyer).actual -= amount
        this.#of(data.seller).actual += amount
        this.#withinLimit(data.buyer, event)
        break
      case 'TradeAuthorized.v1':
        this.#of(data.buyer).held += amount
        this.#withinLimit(data.buyer, event)
        break
      case 'TradeCaptured.v1':
        this.#of(data.buyer).held -= amount + minor(data.released)
        this.#of(data.buyer).actual -= amount
        this.#of(data.seller).actual += amount
        break
      case 'TradeVoided.v1':
      case 'HoldExpired.v1':
        this.#of(data.buyer).held -= amount
        break
      case 'RefundRequested.v1':
        this.#of(data.seller).held += amount
        break
      case 'RefundApproved.v1':
        this.#of(data.seller).held -= amount
        this.#of(data.seller).actual -= amount
        this.#of(data.buyer).actual += amount
        break
      case 'RefundRejected.v1':
      case 'RefundWithdrawn.v1':
        this.#of(data.seller).held -= amount
        break
      default:
        this.violations.push(`the torture makes no ${type}, but position ${event.position} holds one`)
    }
  }

  /** The sum of all balances is what came in. */
  balances(): boolean {
    return [...this.accounts.values()].reduce((sum, { actual }) => sum + actual, 0n) === this.outside
  }

  #of(name: string | undefined): Holding {
    const holding = this.accounts.get(name ?? '')
    if (holding !== undefined) return holding
    this.violations.push(`money for ${name}, who was never opened`)
    const fresh = { actual: 0n, held: 0n, limit: 0n }
    this.accounts.set(name ?? '', fresh)
    return fresh
  }

  #withinLimit(name: string | undefined, { position }: Stored): void {
    const { actual, held, limit } = this.#of(name)
    if (actual - held + limit < 0n) this.violations.push(`position ${position}: ${name} spent beyond its limit`)
  }
}
