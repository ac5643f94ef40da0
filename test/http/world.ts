import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Fact } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import type { ChargingFile } from '../../src/commands/asked.js'
import { basketStateOf } from '../../src/commands/basket-state.js'
import { createListDoubts } from '../../src/commands/doubts.js'
import { createMac } from '../../src/commands/mac.js'
import { orderPlace } from '../../src/commands/order-place.js'
import type { CommandContext, CommandName, Commands, Inputs, Outcome } from '../../src/commands/port.js'
import { type AppOptions, createApp } from '../../src/http/app.js'
import { createAuthenticate, signToken, type TokenRequest } from '../../src/http/auth.js'
import { Guesses } from '../../src/http/guesses.js'
import type { Parts } from '../../src/http/parts.js'
import { priceBasket } from '../../src/ledger/decide/basket.js'
import { priceList } from '../../src/ledger/decide/list-price.js'
import { streamOf } from '../../src/ledger/streams.js'
import { createMemorySecretRecords } from '../../src/secrets/memory.js'
import type { RecordedEvent } from '../../src/store/port.js'
import { Books } from '../support/books.js'
import { coupons } from '../support/coupons.js'
import { TERMS } from '../support/decide.js'
import { PERSON_KEY } from '../support/person.js'
import { A, storeOver, under } from '../support/secrets.js'
import { carted, checkout, checkoutId, eventId, issued, redeemed, story, uuid } from './story.js'
import { viewsOf } from './views-of.js'

export {
  cartItemId,
  checkoutId,
  code,
  deviceStory,
  eventId,
  issued,
  paymentId,
  redeemed,
  story,
  wrongCode,
} from './story.js'
export { uuid as id, viewsOf }

export const NOW = Date.parse('2026-03-01T12:00:00.000Z')
export const secret = Buffer.alloc(32, 7)

/** The header of a token for a subject. */
export const bearer = (subject: string, claims: Partial<TokenRequest> = {}): string =>
  `Bearer ${signToken({ secret, subject, issuedAt: NOW / 1000, expiresAt: NOW / 1000 + 600, ...claims })}`

export const admin = () => bearer('root', { roles: ['admin'] })

/** Facts as they would lie in the log, an hour between each two. */
export const logOf = (facts: readonly Fact[]): readonly LedgerEvent[] => {
  const revisions = new Map<string, number>()
  return facts.map((fact, leaf) => {
    const stream = streamOf(fact)
    const revision = (revisions.get(stream) ?? -1) + 1
    revisions.set(stream, revision)
    const recordedAt = new Date(Date.parse('2026-02-01T00:00:00.000Z') + leaf * 3_600_000).toISOString()
    const metadata = { recordedAt, actor: 'root', correlationId: 'c', causationId: uuid(1), key: 'trade k' }
    return { ...fact, id: eventId(leaf), stream, revision, metadata, leaf }
  })
}

export interface Asked {
  readonly name: CommandName
  readonly input: Inputs[CommandName]
  readonly context: CommandContext
}

export interface World {
  readonly app: FastifyInstance
  readonly asked: Asked[]
  /** Answers of the write side, taken in turn; then each command is done. */
  readonly outcomes: (Outcome | Error | Promise<Outcome>)[]
  /** What `wait` answers. */
  visible: boolean
}

/** What these commands are answered with, whatever lies in the log. */
const special: { readonly [Name in CommandName]?: Fact } = {
  'issue-coupons': issued,
  redeem: redeemed,
  'add-cart-item': carted,
  'change-cart-item': carted,
}

const doneBy = (name: CommandName, log: readonly LedgerEvent[]): Outcome => {
  const fact = special[name]
  return fact === undefined ? done(log) : done(logOf([fact]), 0)
}

const done = (log: readonly LedgerEvent[], leaf = 3): Outcome => {
  const event = log[leaf]
  if (event === undefined) throw new RangeError(`the log has no leaf ${leaf}`)
  return { kind: 'done', event, replayed: false, standing: null }
}

export const createWorld = (facts: readonly Fact[] = story, options: Partial<Parts & AppOptions> = {}): World => {
  const log = logOf(facts)
  const books = new Books()
  for (const fact of facts) books.append(fact, new Date(NOW).toISOString())
  const asked: Asked[] = []
  const outcomes: World['outcomes'] = []
  const commands: Commands = {
    execute: async (name, input, context) => {
      asked.push({ name, input, context })
      const outcome = outcomes.shift() ?? doneBy(name, log)
      if (outcome instanceof Error) throw outcome
      return outcome
    },
    quotes: quotesIn(books),
    locateOrder: (reference) => orderPlace(books, reference),
    locateRecharge: (reference) => books.recharge(reference)?.leaf ?? null,
    locateInstance: (instance) => books.document('instance', instance) ?? null,
    locateCart: async (account) => books.document('cart', account) ?? null,
    locateCheckout: (reference) => (reference === checkoutId ? checkout : null),
    locateCard: (account) => books.own.get(account)?.card ?? null,
    locateReplacedCard: (account) => books.own.get(account)?.replaced ?? null,
    locateCustomer: (account) => books.document('customer', account) ?? null,
  }
  let drawn = 0
  const secrets = secretsOf(log)
  const world = { asked, outcomes, visible: true }
  const parts: Parts = {
    commands,
    views: viewsOf(log),
    log: logReader(log),
    secrets,
    decode: (recorded) => {
      const found = log.find(({ stream, revision }) => stream === recorded.stream && revision === recorded.revision)
      if (found === undefined) throw new Error('not in the log')
      const { leaf: _, ...event } = found
      return event
    },
    visibility: {
      reached: (_, leaf) => leaf === -1,
      wait: async () => world.visible,
      show: async () => world.visible,
    },
    authenticate: createAuthenticate({ key: { secret }, selfRecharge: false, clock: () => NOW }),
    ready: async () => [{ name: 'store', ready: true }],
    from: -1,
    rebuild: () => null,
    renew: () => null,
    settle: () => null,
    failCheckout: () => null,
    doubts: createListDoubts(chargingIn(books), () => null),
    charge: async (start) => {
      const started = await start()
      return 'event' in started ? { kind: 'paid', done: started } : started
    },
    clientToken: async () => 'a token for browsers',
    today: () => '2026-03-01',
    lowBalance: 0n,
    mac: createMac(secret),
    drawId: () => uuid(9000 + drawn++),
    timeZone: 'Asia/Shanghai',
    coupons,
    guesses: new Guesses(() => NOW),
    clock: () => NOW,
    draw: randomBytes,
    taxCountryOf: (country) => (country.toLowerCase() === 'singapore' ? 'SG' : undefined),
    ...options,
  }
  const app = createApp({
    parts,
    ...(options.logger !== undefined && { logger: options.logger }),
    ...(options.offers !== undefined && { offers: options.offers }),
  })
  return Object.assign(world, { app })
}

/** What instances of the log have. */
export const CREDENTIALS = {
  uri: 'mongo://username:password@mysqlhost:3306/database',
  hostname: 'mysqlhost',
  port: '3306',
  name: 'database',
  username: 'username',
  password: 'password',
}

/** What the events of the log name is there already: putting them takes no time. */
const secretsOf = (log: readonly LedgerEvent[]): Parts['secrets'] => {
  const store = storeOver(createMemorySecretRecords(), under(A))
  for (const { type, data } of log) {
    if (type === 'CustomerChanged') void store.put(`person/${data.address.personKey}`, PERSON_KEY.toString('base64url'))
    if (type === 'InstanceProvisioned') void store.put(`instance/${data.credentials}`, JSON.stringify(CREDENTIALS))
  }
  return store
}

/** At noon of 1 March 2026. */
const quotesIn = (books: Books): Commands['quotes'] => {
  const now = new Date(NOW).toISOString()
  const stateOf = (input: { readonly account: string }) => basketStateOf(input, books, now, TERMS)
  return {
    basket: async (input) => priceBasket(input, stateOf(input), now),
    list: async (input) => priceList(input, stateOf(input), now),
  }
}

const chargingIn = (books: Books): ChargingFile => ({
  charging: (after, max) =>
    [...books.own.values()]
      .flatMap(({ name, charges }) => (charges.length > 0 && name > after ? [name] : []))
      .sort()
      .slice(0, max),
  account: (name) => ({ own: books.own.get(name) }),
  document: (key) => {
    const [kind, id = ''] = key.split('/')
    const state = books.document(kind === 'checkout' ? kind : 'card-refund', id)
    return state && { at: 0, state }
  },
})

const logReader = (log: readonly LedgerEvent[]): Parts['log'] => ({
  readStream: async (stream, { direction, from = direction === 'forwards' ? 0 : log.length, max }) => {
    const all = log.filter((event) => event.stream === stream)
    const found =
      direction === 'forwards'
        ? all.filter(({ revision }) => revision >= from)
        : all.filter(({ revision }) => revision <= from).reverse()
    return found.slice(0, max).map(
      ({ id, type, data, metadata, revision, leaf }): RecordedEvent => ({
        id,
        type: `${type}.v1`,
        data: JSON.stringify(data),
        metadata: JSON.stringify(metadata),
        stream,
        revision,
        position: leaf,
      }),
    )
  },
})
