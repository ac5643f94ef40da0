import type { Fact } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import { fc } from '../support/fast-check.js'

/** Events for tests of folds: `leaf` counts up, revisions count per stream. */
export class Script {
  readonly events: LedgerEvent[] = []
  private readonly revisions = new Map<string, number>()

  /** Adds a fact to the stream of `owner`; returns its number. */
  add(owner: string, fact: Fact): number {
    const stream = `account-${owner}`
    const revision = (this.revisions.get(stream) ?? -1) + 1
    this.revisions.set(stream, revision)
    const leaf = this.events.length
    const recordedAt = `2026-01-01T00:00:00.${String(leaf % 1000).padStart(3, '0')}Z`
    const metadata = { recordedAt, actor: owner, correlationId: 'c', causationId: uuid(leaf) }
    this.events.push({ ...fact, id: uuid(leaf), stream, revision, metadata, leaf })
    return leaf
  }
}

export const uuid = (n: number): string => `00000000-0000-8000-8000-${n.toString(16).padStart(12, '0')}`

const names = ['ann', 'bob', 'cat'] as const
const opened: readonly Fact[] = names.map((owner) => ({
  type: 'AccountOpened',
  data: { owner, currency: 'USD', creditLimit: '0.00' },
}))

interface Step {
  readonly what: number
  readonly a: number
  readonly b: number
  readonly cents: number
}

/** Plausible logs of three accounts: later events of orders, refunds and recharges point to earlier ones. */
export const scripts: fc.Arbitrary<readonly LedgerEvent[]> = fc
  .array(fc.record({ what: fc.nat(11), a: fc.nat(2), b: fc.nat(2), cents: fc.integer({ min: 1, max: 99 }) }), {
    minLength: 1,
    maxLength: 25,
  })
  .map((steps) => {
    const script = new Script()
    opened.forEach((fact, i) => {
      script.add(names[i] ?? 'ann', fact)
    })
    for (const step of steps) play(script, step)
    return script.events
  })

const pick = <Type extends LedgerEvent['type']>(
  script: Script,
  n: number,
  ...types: readonly Type[]
): Extract<LedgerEvent, { type: Type }> | undefined => {
  const all = script.events.filter((e): e is Extract<LedgerEvent, { type: Type }> => types.some((t) => t === e.type))
  return all[n % Math.max(1, all.length)]
}

const play = (script: Script, { what, a, b, cents }: Step): void => {
  const account = names[a] ?? 'ann'
  const money = { amount: `0.${String(cents).padStart(2, '0')}`, currency: 'USD' }
  const id = uuid(script.events.length)
  if (what <= 3) playTrade(script, { what, buyer: account, seller: names[(a + 1 + (b % 2)) % 3] ?? 'bob' }, money)
  else if (what <= 7) playOrder(script, what, cents, money)
  else if (what === 8)
    script.add(account, { type: 'Recharged', data: { transfer: id, account, ...money, method: 'bank' } })
  else if (what === 9) {
    const recharge = pick(script, cents, 'Recharged')
    if (recharge === undefined) return
    const { account: owner, transfer, method } = recharge.data
    const data = { transfer: id, recharge: transfer, rechargeLeaf: recharge.leaf, account: owner, ...money, method }
    script.add(owner, { type: 'RechargeReversed', data })
  } else if (what === 10) script.add(account, { type: 'AccountFrozen', data: { account, reason: 'audit' } })
  else
    script.add(account, { type: 'CreditLimitChanged', data: { account, currency: 'USD', creditLimit: money.amount } })
}

const playTrade = (
  script: Script,
  { what, buyer, seller }: { what: number; buyer: string; seller: string },
  money: { amount: string; currency: string },
): void => {
  const data = { order: uuid(script.events.length), buyer, seller, ...money }
  if (what <= 1) script.add(buyer, { type: 'Traded', data })
  else script.add(buyer, { type: 'TradeAuthorized', data: { ...data, expiresAt: '2026-02-01T00:00:00.000Z' } })
}

const playOrder = (script: Script, what: number, n: number, money: { amount: string; currency: string }): void => {
  const opening = pick(script, n, 'Traded', 'TradeAuthorized')
  if (opening === undefined) return
  const { order, buyer, seller } = opening.data
  const data = { order, orderLeaf: opening.leaf, buyer, seller, ...money }
  if (what === 4) script.add(buyer, { type: 'TradeCaptured', data: { ...data, released: '0.00' } })
  else if (what === 5)
    script.add(seller, { type: 'RefundRequested', data: { ...data, refund: uuid(script.events.length) } })
  else {
    const request = pick(script, n, 'RefundRequested')
    if (request === undefined) return
    const decided = { ...request.data, refundLeaf: request.leaf }
    script.add(decided.seller, { type: n % 2 === 0 ? 'RefundApproved' : 'RefundRejected', data: decided })
  }
}
