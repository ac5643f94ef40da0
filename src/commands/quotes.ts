import { type BasketInput, type Priced, priceBasket } from '../ledger/decide/basket.js'
import { type ListInput, type ListPrice, priceList } from '../ledger/decide/list-price.js'
import type { Refused } from '../ledger/decision.js'
import { accountStream } from '../ledger/streams.js'
import { latest } from '../ledger/time.js'
import { basketStateOf } from './basket-state.js'
import { fresh } from './catch-up.js'
import type { Settings } from './define.js'
import type { LaneWorld } from './lane-world.js'
import { Overlay } from './overlay.js'

/** What things would cost now, by the rules that sell them. Nothing is written, so nothing in flight counts. */
export interface Quotes {
  /** Of a checkout: on the same day it pays exactly this. Who may see it is not asked. Rejects with `Unavailable`. */
  basket(input: BasketInput): Promise<Priced | Refused>
  /** Of a change of plan that names no subscription, at list prices. Rejects likewise. */
  list(input: ListInput): Promise<ListPrice | Refused>
}

type World = Pick<LaneWorld, 'books' | 'now' | 'behind' | 'catchUp'>

/** Each rests on all that the log held when it was asked for. */
export const createQuotes = (world: World, settings: Settings): Quotes => {
  const decided = <Found>(account: string, decide: (reads: Overlay, now: string) => Found): Promise<Found> =>
    fresh(world, () => {
      const reads = new Overlay(world.books, accountStream(account))
      return decide(reads, latest(world.now(), reads.recordedAt))
    })
  return {
    basket: (input) =>
      decided(input.account, (reads, now) => priceBasket(input, basketStateOf(input, reads, now, settings), now)),
    list: (input) =>
      decided(input.account, (reads, now) => priceList(input, basketStateOf(input, reads, now, settings), now)),
  }
}
