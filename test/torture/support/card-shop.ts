import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Fact } from '../../../events/catalogue.js'
import { accountStream } from '../../../src/ledger/streams.js'
import { encode } from '../../../src/store/encode.js'
import { openSqliteEventStore } from '../../../src/store/sqlite.js'
import { idOf } from '../../support/books.js'
import { opened, published } from '../../support/facts.js'
import { NOW } from '../../support/given.js'
import { publishInto } from '../../support/on-sale.js'
import type { Ask } from './client.js'
import { tokenOf } from './server.js'

/** A request that pays by card. */
export interface Payment extends Ask {
  readonly key: string
}

const free = { plan: 'Free', planVersion: 1, name: 'F', type: 'C', price: '0.00', billPeriod: 'M', description: '' }
const ACCOUNTS = 30

/** Accounts with so many devices altogether, in a data folder whose server does not run yet; and what they want to pay. */
export class CardShop {
  readonly names = Array.from({ length: ACCOUNTS }, (_, index) => `a${index}`)
  readonly devices: { readonly account: string; readonly subscription: string }[] = []
  readonly #below: (bound: number) => number
  readonly #tokens = new Map<string, string>()
  #next = 0
  #keys = 0

  constructor(devices: number, below: (bound: number) => number) {
    this.#below = below
    for (let n = 0; n < devices; n += 1) {
      this.devices.push({ account: `a${n % ACCOUNTS}`, subscription: idOf(0x1_0000 + n) })
    }
  }

  async open(data: string): Promise<void> {
    mkdirSync(data, { recursive: true })
    await publishInto(data, [published('Pro', '30.00')])
    const store = await openSqliteEventStore({ path: join(data, 'events.db'), log: () => undefined })
    const metadata = { recordedAt: NOW, actor: 'operator', correlationId: 'shop', causationId: idOf(1) }
    for (const name of this.names) {
      const own = this.devices.filter(({ account }) => account === name)
      const facts: Fact[] = own.map(({ subscription }) => ({
        type: 'SubscriptionOpened',
        data: { subscription, account: name, device: `D${subscription}`, item: free },
      }))
      const stream = accountStream(name)
      const all = [opened(name), ...facts].map((fact, at) => encode(fact, stream, at - 1, metadata))
      await store.append(stream, -1, all)
    }
    await store.close()
  }

  /** One payment; two for one device, with nonces and keys of their own; or one that is sent twice. */
  draw(): readonly Payment[] {
    const what = this.#below(8)
    const device = this.devices[this.#next]
    if (what < 3 || device === undefined) return [this.#recharge()]
    this.#next += 1
    const payment = this.#checkout(device)
    if (what < 5) return [payment]
    return what < 7 ? [payment, this.#checkout(device)] : [payment, payment]
  }

  #recharge(): Payment {
    const account = this.names[this.#below(ACCOUNTS)] ?? ''
    const body = { amount: `${1 + this.#below(40)}.00`, nonce: this.#nonce() }
    return { ...this.#asking(account), path: `/v1/accounts/${account}/recharges`, body }
  }

  #checkout({ account, subscription }: CardShop['devices'][number]): Payment {
    const body = { items: [{ subscription, plan: 'Pro' }], nonce: this.#nonce() }
    return { ...this.#asking(account), path: `/v1/accounts/${account}/checkouts`, body }
  }

  #asking(account: string) {
    this.#keys += 1
    const token = this.#tokens.get(account) ?? tokenOf(account)
    this.#tokens.set(account, token)
    return { method: 'POST', key: `k${this.#keys}`, token } as const
  }

  #nonce(): string {
    return this.#below(10) === 0 ? 'fake-processor-declined-visa-nonce' : `fake-valid-nonce-${this.#below(1_000_000)}`
  }
}
