import t, { type Test } from 'tap'
import { fromEvent } from '../../src/ledger/money.js'
import { createMemoryEventStore, type Fault as StoreFault } from '../../src/store/memory.js'
import type { EventStore } from '../../src/store/port.js'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import {
  begin,
  charge,
  DAY,
  type Desk,
  eventsOf,
  type Ground,
  gatewayHas,
  groundOf,
  ledgerSays,
  MINUTE,
  openDesk,
} from '../support/asking.js'
import { idOf } from '../support/books.js'
import { fc } from '../support/fast-check.js'
import type { Asked, Fault } from '../support/gateway/faults.js'
import { settle } from '../support/loop.js'
import { runs, seed } from '../support/secrets.js'

type Step =
  | { readonly kind: 'begin'; readonly charges: number; readonly recharge: boolean }
  | { readonly kind: 'late charge' | 'fails' | 'voided'; readonly pick: number }
  | { readonly kind: 'refund'; readonly pick: number; readonly amount: string | undefined }
  | { readonly kind: 'pass'; readonly minutes: number }
  | { readonly kind: 'ask'; readonly who: readonly number[]; readonly all: boolean }
  | { readonly kind: 'kill'; readonly who: number }
  | { readonly kind: 'faults'; readonly name: Asked; readonly faults: readonly Fault[] }
  | { readonly kind: 'store'; readonly faults: readonly StoreFault[] }

const pick = fc.nat({ max: 9 })
const who = fc.constantFrom(0, 1)
const away = ['unreachable', 'lost request', 'lost reply'] as const
const faultsOf = (name: Asked, ...more: readonly Fault[]): fc.Arbitrary<Step> =>
  fc
    .array(fc.constantFrom<Fault>(...away, ...more), { minLength: 1, maxLength: 3 })
    .map((faults) => ({ kind: 'faults', name, faults }))

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const), charges: fc.constantFrom(0, 1, 1, 1, 2), recharge: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('late charge' as const, 'fails' as const, 'voided' as const), pick }),
  fc.record({ kind: fc.constant('refund' as const), pick, amount: fc.constantFrom(undefined, '5.00', '11.00') }),
  fc.record({ kind: fc.constant('pass' as const), minutes: fc.constantFrom(1, 3, 11, 300, 1_441) }),
  fc.record({ kind: fc.constant('pass' as const), minutes: fc.constantFrom(1, 3, 11, 300, 1_441) }),
  fc.record({
    kind: fc.constant('ask' as const),
    who: fc.array(who, { minLength: 1, maxLength: 2 }),
    all: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('ask' as const),
    who: fc.array(who, { minLength: 1, maxLength: 2 }),
    all: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('kill' as const), who }),
  faultsOf('find', 'not found', 'hangs'),
  faultsOf('refund', 'twice', 'hangs'),
  faultsOf('findRefund', 'not found', 'hangs'),
  faultsOf('state', 'hangs'),
  fc
    .array(fc.constantFrom<StoreFault>('ok', 'twice', 'unknown-stored', 'unknown-lost', 'wrong-revision'), {
      maxLength: 4,
    })
    .map((faults) => ({ kind: 'store' as const, faults })),
)

const sold: Step = { kind: 'begin', charges: 1, recharge: false }

/** The processes of one log, while much goes wrong. */
class Office {
  readonly #ground: Ground
  readonly #stores: readonly EventStore[]
  readonly #desks: Desk[]
  readonly #storeFaults: StoreFault[]
  readonly #hangs: boolean
  #checkouts = 1

  constructor(ground: Ground, stores: readonly EventStore[], storeFaults: StoreFault[]) {
    this.#ground = ground
    this.#stores = stores
    this.#storeFaults = storeFaults
    this.#hangs = stores.length > 1
    this.#desks = stores.map((store) => openDesk({ ...ground, store }))
  }

  async do(step: Step): Promise<void> {
    const { around, gateway, sandbox } = this.#ground
    switch (step.kind) {
      case 'begin': {
        this.#checkouts += 1
        const more = step.recharge ? { purpose: 'recharge' as const, items: [], lines: [] } : {}
        const kept = this.#storeFaults.splice(0)
        await begin(this.#ground, this.#checkouts, '22.00', more)
        this.#storeFaults.push(...kept)
        for (let n = 0; n < step.charges; n += 1) await charge(this.#ground, this.#checkouts)
        return
      }
      case 'late charge':
        if (await this.#mayTurnUp(this.#one(step.pick))) await charge(this.#ground, this.#one(step.pick))
        return
      case 'fails':
      case 'voided': {
        const [found] = await sandbox.find(idOf(this.#one(step.pick)))
        if (found?.state === 'pending') sandbox.become(found.transaction, step.kind === 'fails' ? 'failed' : 'voided')
        return
      }
      case 'refund':
        await this.#desks[0]?.refund(this.#one(step.pick), step.amount).catch(() => undefined)
        return
      case 'pass':
        around.now += step.minutes * MINUTE
        return
      case 'faults':
        gateway.plan(
          step.name,
          ...step.faults.map((fault) => (fault === 'hangs' && !this.#hangs ? 'lost reply' : fault)),
        )
        return
      case 'store':
        this.#storeFaults.splice(0, this.#storeFaults.length, ...step.faults)
        return
      case 'kill':
        this.#restart(step.who)
        return
      case 'ask':
        await this.#ask(this.#hangs ? step.who : [0], step.all ? 'all' : 'due')
    }
  }

  /** Nobody looks for another charge when the money of one has come, when one was given back, or after thirty days. */
  async #mayTurnUp(n: number): Promise<boolean> {
    const of = (await eventsOf(this.#ground)).filter(({ data }) => 'checkout' in data && data.checkout === idOf(n))
    const began = Date.parse(of[0]?.metadata.recordedAt ?? '')
    const over = of.some(({ type }) => ['PaymentSettled', 'PaymentReturned', 'ChargeReturned'].includes(type))
    return !over && this.#ground.around.now < began + 20 * DAY
  }

  #one(pick: number): number {
    return 2 + (pick % Math.max(1, this.#checkouts - 1))
  }

  #restart(who: number): void {
    const [killed, store] = [this.#desks[who], this.#stores[who]]
    if (killed === undefined || store === undefined) return
    killed.process.kill()
    this.#desks[who] = openDesk({ ...this.#ground, store }, { database: killed.process.database })
  }

  /** One that hangs is killed; on a disk nothing hangs, but it takes its time. */
  async #ask(who: readonly number[], which: 'all' | 'due'): Promise<void> {
    const rounds = who.map(async (one) => {
      const round = this.#desks[one]?.ask({ which })
      if (!this.#hangs) return round?.then(() => undefined)
      let over = false
      round
        ?.catch(() => undefined)
        .finally(() => {
          over = true
        })
      for (let turn = 0; turn < 200 && !over; turn += 1) await settle()
      if (!over) this.#restart(one)
    })
    await Promise.all(rounds)
  }

  /** All is well again, and enough time passes. */
  async end(): Promise<void> {
    this.#storeFaults.splice(0)
    for (const name of ['find', 'refund', 'findRefund', 'state'] as const) this.#ground.gateway.plan(name)
    for (let days = 0; days < 8; days += 1) {
      for (const minutes of [1, 2, 5, 60]) {
        await this.#ask(this.#hangs ? [0, 1] : [0], 'all')
        this.#ground.around.now += minutes * MINUTE
      }
      this.#ground.around.now += DAY
    }
    await this.#ask([0], 'all')
    await this.#desks[0]?.process.flush()
  }

  get left(): readonly string[] {
    const charges = this.#desks[0]?.process.database.prepare('SELECT charges FROM accounts').pluck().get()
    const all: readonly { readonly kind: string }[] = typeof charges === 'string' ? JSON.parse(charges) : []
    return all.map(({ kind }) => kind).filter((kind) => kind !== 'missing')
  }

  close(): void {
    for (const { process } of this.#desks) process.kill()
  }
}

const check = async (ground: Ground, office: Office): Promise<void> => {
  if (office.left.length > 0) throw new Error(`not over: ${office.left.join(', ')}`)
  const [has, says] = [gatewayHas(ground), await ledgerSays(ground)]
  if (has !== says) throw new Error(`the gateway has ${has}, the ledger says ${says}`)
  const back = new Map<string, bigint>()
  for (const { type, data } of await eventsOf(ground)) {
    const order = type === 'CardRefunded' ? data.order : type === 'PaymentReturned' ? data.checkout : null
    if (order === null || !('amount' in data)) continue
    back.set(order, (back.get(order) ?? 0n) + fromEvent(data.amount))
  }
  for (const [order, sum] of back) if (sum > 2200n) throw new Error(`${order}: ${sum} of 2200 went back`)
}

interface Trial {
  readonly count: number
  readonly open: (before: () => StoreFault, path: string) => Promise<EventStore[]>
}

const holds = async (t: Test, { count, open }: Trial): Promise<void> => {
  const folder = t.testdir()
  let rounds = 0
  let events = 0
  const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
    rounds += 1
    const faults: StoreFault[] = []
    const stores = await open(() => faults.shift() ?? 'ok', `${folder}/events-${rounds}.db`)
    const [store] = stores
    if (store === undefined) throw new Error('no store')
    const ground = await groundOf(t, store, `${folder}/gateway-${rounds}.db`)
    const office = new Office(ground, stores, faults)
    try {
      for (const one of [sold, sold, ...steps]) await office.do(one)
      await office.end()
      await check(ground, office)
      events += (await eventsOf(ground)).length
    } finally {
      office.close()
      for (const one of stores) await one.close()
    }
  })
  await fc.assert(property, { seed, numRuns: count })
  t.comment(`${rounds} runs, ${events} events, COUNTERFOIL_SEED=${seed}`)
}

t.test('two processes, whatever fails or is killed: in the end gateway and ledger agree', async (t) => {
  const open: Trial['open'] = async (before) => {
    const store = createMemoryEventStore({ before })
    return [store, store.sibling({ before })]
  }
  await holds(t, { count: runs, open })
})

t.test('the same on SQLite, with one process', async (t) => {
  const open: Trial['open'] = async (_, path) => [await openSqliteEventStore({ path, log: () => undefined })]
  await holds(t, { count: Math.ceil(runs / 4), open })
})
