import { type Gateway, GatewayUnknown, GatewayUnreachable } from '../../../src/gateway/port.js'

/**
 * What may go wrong around a gateway, whichever it is. Each word is for one call:
 *  - `unreachable`: it rejects with `GatewayUnreachable`, and nothing happened;
 *  - `lost request`: it rejects with `GatewayUnknown`, and nothing happened;
 *  - `lost reply`: it happened, and it rejects with `GatewayUnknown`;
 *  - `hangs`: it happened, and it never ends: for a process that is then killed;
 *  - `twice`: the request arrives two times, and the first reply comes back;
 *  - `declined`: of a sale: the bank says no;
 *  - `not found`: of `find` and `findRefund`: what is there is not to be seen yet;
 *  - a function: awaited before it happens.
 */
export type Fault =
  | 'unreachable'
  | 'lost request'
  | 'lost reply'
  | 'hangs'
  | 'twice'
  | 'declined'
  | 'not found'
  | (() => Promise<void>)

export type Asked = Exclude<keyof Gateway, 'close'>

export interface Faulty extends Gateway {
  /** The next calls of this name meet these, in order; the ones behind them meet none. */
  plan(name: Asked, ...faults: readonly Fault[]): void
  /** How many calls of this name have come. */
  count(name: Asked): number
}

export const withFaults = (gateway: Gateway): Faulty => {
  const plans = new Map<Asked, Fault[]>()
  const counts = new Map<Asked, number>()
  const through = async <Result>(name: Asked, call: () => Promise<Result>, given: Given<Result> = {}) => {
    counts.set(name, (counts.get(name) ?? 0) + 1)
    const fault = plans.get(name)?.shift()
    return fault === undefined ? call() : meet(fault, call, given)
  }
  return {
    clientToken: () => through('clientToken', () => gateway.clientToken()),
    sale: (request) => through('sale', () => gateway.sale(request), { declined: DECLINED }),
    find: (orderId) => through('find', () => gateway.find(orderId), { missing: [] }),
    refund: (request) => through('refund', () => gateway.refund(request)),
    findRefund: (id, transaction) =>
      through('findRefund', () => gateway.findRefund(id, transaction), { missing: null }),
    state: (transaction) => through('state', () => gateway.state(transaction)),
    close: () => gateway.close(),
    plan: (name, ...faults) => plans.set(name, [...faults]),
    count: (name) => counts.get(name) ?? 0,
  }
}

interface Given<Result> {
  readonly declined?: Result
  readonly missing?: Result
}

const DECLINED = { kind: 'declined', code: '2000', reason: 'Do Not Honor' } as const

const meet = async <Result>(fault: Fault, call: () => Promise<Result>, given: Given<Result>): Promise<Result> => {
  if (typeof fault === 'function') {
    await fault()
    return call()
  }
  switch (fault) {
    case 'unreachable':
      throw new GatewayUnreachable('the gateway is not there')
    case 'lost request':
      throw new GatewayUnknown('the connection broke')
    case 'lost reply':
      await call()
      throw new GatewayUnknown('the connection broke')
    case 'hangs':
      await call()
      return new Promise(() => undefined)
    case 'twice': {
      const first = await call()
      await call()
      return first
    }
    case 'declined':
      if (given.declined === undefined) throw new TypeError('only a sale is declined')
      return given.declined
    case 'not found':
      if (given.missing === undefined) throw new TypeError('only what is looked for is not found')
      return given.missing
    default: {
      const never: never = fault
      throw new TypeError(never)
    }
  }
}
