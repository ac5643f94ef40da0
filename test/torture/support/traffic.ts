import type { Ask } from './client.js'
import { decimal } from './oracle.js'
import { tokenOf } from './server.js'

/** What an acknowledged operation must have left in the log. */
export interface Effect {
  readonly type: string
  readonly stream: string
  readonly data: Readonly<Record<string, string>>
}

/** One write with a key of its own, used for nothing else. */
export interface Operation {
  readonly key: string
  readonly ask: Ask
  /** It is sent as an item of a bulk request. */
  readonly item?: object
  readonly effect: Effect
  /** Told the reply's text when it was done. */
  readonly done: (text: string) => void
}

interface Order {
  readonly id: string
  readonly buyer: string
  readonly seller: string
}

export interface TrafficOptions {
  readonly accounts: number
  readonly below: (bound: number) => number
  readonly prefix: string
  /** In cents, by one recharge; left out: so much that hardly a trade is refused. */
  readonly mostRecharged?: number
}

/** Draws operations on a small set of accounts. No order has two operations at a time, so each that is done has an event of its own. */
export class Traffic {
  readonly names: readonly string[]
  readonly admin = tokenOf('operator', ['admin'])
  readonly #tokens: ReadonlyMap<string, string>
  readonly #below: (bound: number) => number
  readonly #prefix: string
  readonly #mostRecharged: number
  readonly #effective: Order[] = []
  readonly #pending: Order[] = []
  readonly #refunding: Order[] = []
  #count = 0

  constructor({ accounts, below, prefix, mostRecharged = 50_000 }: TrafficOptions) {
    this.#mostRecharged = mostRecharged
    this.names = Array.from({ length: accounts }, (_, index) => `u${index}`)
    this.#tokens = new Map(this.names.map((name) => [name, tokenOf(name)]))
    this.#below = below
    this.#prefix = prefix
  }

  token(name: string): string {
    return this.#tokens.get(name) ?? ''
  }

  next(): Operation {
    const kind = this.#below(100)
    if (kind < 10) return this.recharge(this.#name(), 1 + this.#below(this.#mostRecharged))
    if (kind < 22) return this.#authorize()
    const pending = kind < 32 ? this.#take(this.#pending) : undefined
    if (pending) return kind < 28 ? this.#capture(pending) : this.#void(pending)
    const effective = kind < 44 ? this.#take(this.#effective) : undefined
    if (effective) return this.#cancel(effective)
    const refunding = kind < 54 ? this.#take(this.#refunding) : undefined
    if (refunding) return this.#review(refunding, kind < 50)
    return kind < 76 ? this.#trade() : this.#billTrade()
  }

  /** Up to `count` trades that go as one request. */
  bulk(count: number): readonly Operation[] {
    return Array.from({ length: 1 + this.#below(count) }, () => {
      const { buyer, seller, amount } = this.#terms()
      const key = this.#key()
      const item = { buyer, seller, amount, key }
      return {
        key,
        item,
        ask: { method: 'POST', path: '/v1/transfers/bulk', token: this.admin, body: { items: [item] } },
        effect: { type: 'Traded.v1', stream: `account-${buyer}`, data: { seller, amount } },
        done: () => undefined,
      }
    })
  }

  recharge(name: string, cents: number): Operation {
    const amount = decimal(BigInt(cents))
    return this.#operation({
      ask: { method: 'PUT', path: `/bill/${name}/recharge`, token: this.admin, body: { trade_amount: amount } },
      effect: { type: 'Recharged.v1', stream: `account-${name}`, data: { amount } },
    })
  }

  #operation(parts: Pick<Operation, 'ask' | 'effect'> & { readonly done?: Operation['done'] }): Operation {
    const key = this.#key()
    return { done: () => undefined, ...parts, key, ask: { ...parts.ask, key } }
  }

  #trade(): Operation {
    const { buyer, seller, amount } = this.#terms()
    return this.#operation({
      ask: { method: 'POST', path: '/v1/transfers', token: this.token(buyer), body: { buyer, seller, amount } },
      effect: { type: 'Traded.v1', stream: `account-${buyer}`, data: { seller, amount } },
      done: (text) => this.#effective.push({ id: orderOf(text), buyer, seller }),
    })
  }

  #billTrade(): Operation {
    const { buyer, seller, amount } = this.#terms()
    const body = { trade_amount: amount, trade_user: seller }
    return this.#operation({
      ask: { method: 'PUT', path: `/bill/${buyer}/trade`, token: this.token(buyer), body },
      effect: { type: 'Traded.v1', stream: `account-${buyer}`, data: { seller, amount } },
    })
  }

  #authorize(): Operation {
    const { buyer, seller, amount } = this.#terms()
    const body = { buyer, seller, amount, authorize: true }
    return this.#operation({
      ask: { method: 'POST', path: '/v1/transfers', token: this.token(buyer), body },
      effect: { type: 'TradeAuthorized.v1', stream: `account-${buyer}`, data: { seller, amount } },
      done: (text) => this.#pending.push({ id: orderOf(text), buyer, seller }),
    })
  }

  #capture(order: Order): Operation {
    const { id, buyer, seller } = order
    const body = { order_id: id, status: '2' }
    return this.#operation({
      ask: { method: 'PUT', path: `/bill/${seller}/status`, token: this.token(seller), body },
      effect: { type: 'TradeCaptured.v1', stream: `account-${buyer}`, data: { order: id } },
      done: () => this.#effective.push(order),
    })
  }

  #void({ id, buyer }: Order): Operation {
    return this.#operation({
      ask: { method: 'POST', path: `/v1/orders/${id}/void`, token: this.token(buyer) },
      effect: { type: 'TradeVoided.v1', stream: `account-${buyer}`, data: { order: id } },
    })
  }

  #cancel(order: Order): Operation {
    const { id, buyer, seller } = order
    return this.#operation({
      ask: { method: 'PUT', path: `/bill/${buyer}/cancel`, token: this.token(buyer), body: { order_id: id } },
      effect: { type: 'RefundRequested.v1', stream: `account-${seller}`, data: { order: id } },
      done: () => this.#refunding.push(order),
    })
  }

  #review({ id, seller }: Order, approves: boolean): Operation {
    const body = { order_id: id, status: approves ? '4' : '5' }
    return this.#operation({
      ask: { method: 'PUT', path: `/bill/${seller}/status`, token: this.token(seller), body },
      effect: {
        type: approves ? 'RefundApproved.v1' : 'RefundRejected.v1',
        stream: `account-${seller}`,
        data: { order: id },
      },
    })
  }

  #terms(): { readonly buyer: string; readonly seller: string; readonly amount: string } {
    const buyer = this.#below(this.names.length)
    const seller = (buyer + 1 + this.#below(this.names.length - 1)) % this.names.length
    return { buyer: `u${buyer}`, seller: `u${seller}`, amount: decimal(BigInt(1 + this.#below(2_000))) }
  }

  #name(): string {
    return `u${this.#below(this.names.length)}`
  }

  #take(orders: Order[]): Order | undefined {
    const index = this.#below(Math.max(1, orders.length))
    return orders.splice(index, 1)[0]
  }

  #key(): string {
    this.#count += 1
    return `${this.#prefix}-${this.#count}`
  }
}

const orderOf = (text: string): string => /"order":"([0-9a-f-]{36})"/.exec(text)?.[1] ?? ''
