import { isWatched } from '../ledger/charges.js'
import type { Charge } from '../ledger/state.js'
import { type ChargingFile, documentIn, type Said } from './asked.js'

/** A checkout, a payment or a refund to a card that is not over, as far as the write model's file knows. */
export interface Doubt extends Charge {
  readonly account: string
  readonly amount: string
  readonly currency: string
  /** Of a refund: what it is of. */
  readonly order: string | null
  /** What the gateway said last, to this process. */
  readonly said: Said | null
}

export interface DoubtQuery {
  /** Left out: all. */
  readonly state?: Charge['kind']
  /** Behind this account, or, where a number follows its name and a space, behind that event in it. */
  readonly after: string
  readonly max: number
  /** An instant. */
  readonly now: string
}

export interface DoubtPage {
  readonly doubts: readonly Doubt[]
  /** What the next page comes after; `null`: there is none. */
  readonly next: string | null
}

/** In order of the accounts' names, in each in order of time. */
export type ListDoubts = (query: DoubtQuery) => DoubtPage

/** Accounts looked at for one page. */
const MOST = 1_000

export const createListDoubts =
  (file: ChargingFile, said: (id: string) => Said | null): ListDoubts =>
  ({ state, after, max, now }) => {
    const [before = '', number] = after.split(' ')
    const seen = number === undefined ? -1 : Number.parseInt(number, 10)
    const names = number === undefined ? file.charging(before, MOST) : [before, ...file.charging(before, MOST - 1)]
    const doubts: Doubt[] = []
    for (const account of names) {
      const charges = file.account(account)?.own?.charges ?? []
      const wanted = charges.filter((one) => (state === undefined || one.kind === state) && isWatched(one, now))
      for (const charge of wanted) {
        if (account === before && charge.leaf <= seen) continue
        const last = doubts.at(-1)
        if (last !== undefined && doubts.length >= max) return { doubts, next: `${last.account} ${last.leaf}` }
        doubts.push(...doubtOf(file, account, charge, saidOf(charge, said)))
      }
    }
    return { doubts, next: names[MOST - 1] ?? null }
  }

/** What was said of it when it was something else yet says nothing of it now. */
const saidOf = ({ kind, id }: Charge, said: (id: string) => Said | null): Said | null => {
  const last = said(id)
  return last?.kind === kind ? last : null
}

const doubtOf = (file: ChargingFile, account: string, charge: Charge, said: Said | null): readonly Doubt[] => {
  if (charge.kind === 'refund') {
    const requested = documentIn(file, 'card-refund', charge.leaf)?.requested
    if (requested === undefined) return []
    const { amount, currency, order } = requested
    return [{ ...charge, account, amount, currency, order, said }]
  }
  const started = documentIn(file, 'checkout', charge.leaf)?.started
  if (started === undefined) return []
  return [{ ...charge, account, amount: started.amount, currency: started.currency, order: null, said }]
}
