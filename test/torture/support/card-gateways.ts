import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { ACCOUNTS, type Fault, MERCHANT, PRIVATE_KEY, PUBLIC_KEY, startDouble } from '../../support/braintree/double.js'

export interface ChargeFound {
  readonly order: string
  readonly transaction: string
  readonly amount: string
  /** It was not taken back. */
  readonly stands: boolean
}

/** A gateway that outlives the server. */
export interface CardGateway {
  readonly name: string
  readonly env: Readonly<Record<string, string>>
  /** All that it ever charged. */
  readonly charges: () => readonly ChargeFound[]
  /** Resolves when the server is to be killed, in the middle of what it does for the next payments; says where that was. */
  readonly moment: (below: (bound: number) => number) => Promise<string>
  readonly close: () => void
}

interface Row {
  readonly id: string
  readonly orderId: string
  readonly amount: string
  readonly fate: string | null
}

/** The one in the server, whose file stays: killed at any moment. */
export const sandboxIn = (data: string): CardGateway => ({
  name: 'sandbox',
  env: {},
  charges: () => {
    const database = new Database(join(data, 'gateway.db'), { readonly: true })
    const rows = database
      .prepare<[], Row>('SELECT id, orderId, amount, fate FROM transactions WHERE charge IS NULL')
      .all()
    database.close()
    return rows.map(({ id, orderId, amount, fate }) => {
      return { order: orderId, transaction: id, amount, stands: fate !== 'voided' }
    })
  },
  moment: async (below) => {
    await sleep(below(250))
    return 'at random'
  },
  close: () => undefined,
})

/** Where the server is killed: when the gateway has its question, has charged, or has answered. */
const STEPS = ['before the charge', 'after the charge', 'with the answer', 'after the answer'] as const

/** Braintree's double, in this process: killed at a step of its choice, while others are at other steps. */
export const braintreeIn = async (data: string): Promise<CardGateway> => {
  const endings: (() => void)[] = []
  const double = await startDouble({ teardown: (end) => endings.push(end) })
  const trusted = join(data, 'double.pem')
  writeFileSync(trusted, double.ca)
  const moment = async (below: (bound: number) => number): Promise<string> => {
    const step = STEPS[below(STEPS.length)] ?? 'before the charge'
    let left = below(6)
    const reached = new Promise<void>((resolve) => {
      const fault: Fault = ({ answer, send }) => {
        left -= 1
        if (left >= 0) {
          setTimeout(() => send(answer()), below(20))
          return
        }
        if (step === 'before the charge') return resolve()
        const said = answer()
        if (step !== 'after the charge') send(said)
        if (step !== 'after the answer') resolve()
        else setTimeout(resolve, below(12))
      }
      double.plan('sale', ...Array.from({ length: 100 }, () => fault))
    })
    await Promise.race([reached, sleep(3_000)])
    // What still waits at the gateway when the server is gone is charged, or not: nobody hears of it.
    double.plan('sale')
    return step
  }
  return {
    name: 'braintree',
    env: {
      NODE_EXTRA_CA_CERTS: trusted,
      COUNTERFOIL_GATEWAY: 'braintree',
      COUNTERFOIL_BRAINTREE_ENVIRONMENT: double.url.origin,
      COUNTERFOIL_BRAINTREE_MERCHANT: MERCHANT,
      COUNTERFOIL_BRAINTREE_PUBLIC_KEY: PUBLIC_KEY,
      COUNTERFOIL_BRAINTREE_PRIVATE_KEY: PRIVATE_KEY,
      COUNTERFOIL_BRAINTREE_ACCOUNTS: [...ACCOUNTS].map((pair) => pair.join(':')).join(','),
    },
    charges: () =>
      double.bank.entries
        .filter(({ type, status }) => type === 'sale' && !/declined|failed|rejected/.test(status))
        .map(({ id, orderId, amount, status }) => {
          return { order: orderId, transaction: id, amount, stands: status !== 'voided' }
        }),
    moment,
    close: () => {
      for (const end of endings) end()
    },
  }
}
