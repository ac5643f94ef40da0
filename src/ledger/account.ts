import type { Fact } from '../../events/catalogue.js'
import type { StreamEvent } from '../../events/envelope.js'
import { fromEvent } from './money.js'
import { ownerOf } from './owner.js'
import type { Account, OwnAccount } from './state.js'

/** The leaf number of an event that is decided but not committed yet. */
export const IN_FLIGHT = -1

/** All that the account has, what is held included. */
export const actual = (account: Account): bigint => account.own.net + account.incoming

export const available = (account: Account): bigint => actual(account) - account.own.held

/** What a voluntary debit may take at most; below zero after forced debits. */
export const spendable = (account: Account): bigint => available(account) + account.own.creditLimit

/** What an event of one account's stream brings to another account. */
export const credit = (event: Fact): { readonly account: string; readonly amount: bigint } | null => {
  switch (event.type) {
    case 'Traded':
    case 'TradeCaptured':
      return { account: event.data.seller, amount: fromEvent(event.data.amount) }
    case 'RefundApproved':
      return { account: event.data.buyer, amount: fromEvent(event.data.amount) }
    default:
      return null
  }
}

const nothing = (name: string): OwnAccount => ({
  name,
  currency: '',
  creditLimit: 0n,
  frozen: false,
  net: 0n,
  held: 0n,
  holds: [],
  revision: -1,
  recordedAt: '',
})

type Change = Partial<Omit<OwnAccount, 'name' | 'revision' | 'recordedAt'>>

/** Folds the account's own stream. `leaf` is the event's number in the log, or `IN_FLIGHT`. */
export const evolveOwn = (own: OwnAccount | undefined, event: StreamEvent, leaf: number): OwnAccount => {
  const before = own ?? nothing(ownerOf(event))
  return { ...before, ...change(before, event, leaf), revision: event.revision, recordedAt: event.metadata.recordedAt }
}

const change = (own: OwnAccount, event: StreamEvent, leaf: number): Change => {
  switch (event.type) {
    case 'AccountOpened':
      return { currency: event.data.currency, creditLimit: fromEvent(event.data.creditLimit) }
    case 'CreditLimitChanged':
      return { creditLimit: fromEvent(event.data.creditLimit) }
    case 'AccountFrozen':
      return { frozen: true }
    case 'AccountUnfrozen':
      return { frozen: false }
    case 'Recharged':
      return { net: own.net + fromEvent(event.data.amount) }
    case 'RechargeReversed':
    case 'Withdrawn':
    case 'Traded':
      return { net: own.net - fromEvent(event.data.amount) }
    case 'Adjusted': {
      const amount = fromEvent(event.data.amount)
      return { net: own.net + (event.data.direction === 'up' ? amount : -amount) }
    }
    case 'TradeAuthorized':
      return hold(own, event.data, leaf)
    case 'TradeCaptured': {
      const taken = fromEvent(event.data.amount)
      const rest = fromEvent(event.data.released)
      return { net: own.net - taken, held: own.held - taken - rest, holds: without(own, event.data.order) }
    }
    case 'TradeVoided':
    case 'HoldExpired':
      return { held: own.held - fromEvent(event.data.amount), holds: without(own, event.data.order) }
    case 'RefundRequested':
      return { held: own.held + fromEvent(event.data.amount) }
    case 'RefundApproved': {
      const given = fromEvent(event.data.amount)
      return { net: own.net - given, held: own.held - given }
    }
    case 'RefundRejected':
    case 'RefundWithdrawn':
      return { held: own.held - fromEvent(event.data.amount) }
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

const hold = (
  own: OwnAccount,
  data: { readonly order: string; readonly seller: string; readonly amount: string; readonly expiresAt: string },
  leaf: number,
): Change => {
  const amount = fromEvent(data.amount)
  const opened = { order: data.order, orderLeaf: leaf, seller: data.seller, amount, expiresAt: data.expiresAt }
  return { held: own.held + amount, holds: [...own.holds, opened] }
}

const without = (own: OwnAccount, order: string) => own.holds.filter((open) => open.order !== order)
