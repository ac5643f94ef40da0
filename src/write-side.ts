import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { ChargingFile } from './commands/asked.js'
import { createAsking } from './commands/asking.js'
import { type AskedToSettle, type SettlingEnd, startAsking } from './commands/asking-scheduler.js'
import { openBookReader } from './commands/book-file.js'
import { CHARGING_LIMITS, type Charging, createCharging } from './commands/charging.js'
import { commands } from './commands/commands.js'
import { type CouponCodes, createCouponCodes } from './commands/coupon-codes.js'
import type { Settings } from './commands/define.js'
import { createListDoubts, type ListDoubts } from './commands/doubts.js'
import { type AskedToFail, createFailing, type FailingEnd } from './commands/fail-checkout.js'
import { CommandLoop, LIMITS } from './commands/loop.js'
import { createMac, type Mac } from './commands/mac.js'
import { startScheduler } from './commands/renewal-scheduler.js'
import type { RenewalEnd } from './commands/renewals.js'
import { type AskedToRenew, createRenewing } from './commands/renewing.js'
import { startSweeper } from './commands/sweeper.js'
import type { Config } from './config.js'
import { reasonOf } from './follower/batch.js'
import type { Gateway } from './gateway/port.js'
import { type Insisting, insist } from './insisting.js'
import { createDateIn } from './ledger/zone.js'
import type { SecretStore } from './secrets/port.js'
import type { Decode } from './store/decode.js'
import { encode } from './store/encode.js'
import { StoreUnreachable } from './store/errors.js'
import type { EventStore } from './store/port.js'
import type { Start } from './thread.js'

export interface WriteSideOptions extends Pick<Insisting, 'waiting' | 'signal'> {
  readonly config: Config
  readonly store: EventStore
  /** Of the write model, which is caught up. */
  readonly file: string
  readonly from: Omit<Start, 'kind'>
  readonly decode: Decode
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Told what an operator should know. */
  readonly log: (message: string) => void
  readonly secrets: SecretStore
  readonly gateway: Gateway
}

/** What decides in this process. */
export interface WriteSide {
  readonly loop: CommandLoop
  readonly store: EventStore
  /** Of the last event when it started; -1: the store was empty. */
  readonly start: number
  /** Why it follows the log no more, or `null`. */
  stopped(): unknown
  /** Charges what is due by that day: all that the log holds now is looked at. One at a time: `null` while another is under way. */
  renew(asked: AskedToRenew): Promise<RenewalEnd> | null
  readonly charge: Charging['charge']
  /** Asks the card gateway about all that is in doubt or on its way: all that the log holds now. One at a time, as above. */
  settle(asked: AskedToSettle): Promise<SettlingEnd> | null
  /** Ends a checkout that is charged for something else than was asked for. One at a time, as above. */
  failCheckout(asked: AskedToFail): Promise<FailingEnd> | null
  readonly doubts: ListDoubts
  /** Ends what begins by itself, and waits for cards that are being charged, but not for ever. */
  quiet(): Promise<void>
  /** Answers what is under way. */
  close(): Promise<void>
}

export const macOf = ({ secret }: Config): Mac => createMac(Buffer.from(secret, 'utf8'))

export const couponCodesOf = ({ secret }: Config): CouponCodes => createCouponCodes(Buffer.from(secret, 'utf8'))
const settingsOf = (config: Config): Settings => ({
  currency: config.currency,
  holdSeconds: config.holdSeconds,
  freePlan: config.freePlan,
  graceDays: config.graceDays,
  retryDays: config.retryDays,
  taxes: config.taxes,
  timeZone: config.timeZone,
  dateIn: createDateIn(config.timeZone),
  coupons: couponCodesOf(config),
})

/** Follows the log and takes commands once it is caught up. */
export const openWriteSide = async (options: WriteSideOptions): Promise<WriteSide> => {
  const { config, store, from, decode, clock, log, waiting, signal } = options
  const mac = macOf(config)
  const settings = settingsOf(config)
  const file = openBookReader(options.file)
  const loop = new CommandLoop({
    commands,
    settings,
    store,
    file,
    from,
    mac,
    encode,
    decode,
    clock,
    randomId: randomUUID,
    wait,
    acceptClock: config.acceptClock,
    // Two processes may differ from the store's clock by 5 s each.
    ...(config.events.kind === 'eventstoredb' && { tolerance: 10_000 }),
    limits: LIMITS,
  })
  const following = follow(loop, log)
  const close = async (): Promise<void> => {
    await loop.close()
    await following.end()
    file.close()
  }
  // What cannot be read stops the following too, which shows it; all commands are refused then.
  const caughtUp = (): Promise<void> =>
    loop.catchUp().catch((error: unknown) => {
      if (error instanceof StoreUnreachable) throw error
    })
  try {
    await insist(caughtUp, { passes: () => true, waiting, signal })
  } catch (error) {
    await close()
    throw error
  }
  const sweeper = startSweeper({ commands: loop, due: file.due, clock, randomId: randomUUID, log })
  const parts = askingOf(options, { loop, mac, file })
  const charging = createCharging({ ...parts, wait, limits: CHARGING_LIMITS })
  const { charge } = charging
  const renewing = { commands: loop, due: file, charge, mac, log }
  const today = (): string => settings.dateIn(new Date(clock()).toISOString())
  const scheduler = startScheduler({ ...renewing, today, randomId: randomUUID })
  const runs = { loop, flushed: () => file.checkpoint()?.leaf ?? -1, wait }
  const byHand = createRenewing({ ...renewing, ...runs })
  const asking = startAsking({ asking: createAsking(parts), randomId: randomUUID, log, ...runs })
  const failing = createFailing({ ...parts, ...runs })
  // At once, and in this order: runs that have ended begin no charge that would be refused, and what takes too long is given up.
  const all = [sweeper, scheduler, byHand, charging, asking, failing]
  const quiet = async (): Promise<void> => {
    await Promise.all(all.map((one) => one.close()))
  }
  const own = { loop, store, start: loop.leaf, stopped: following.stopped, quiet, close }
  const doubts = createListDoubts(file, asking.said)
  return {
    ...own,
    renew: byHand.begin,
    charge,
    settle: asking.begin,
    failCheckout: failing.begin,
    doubts,
  }
}

/** Of what the card gateway is asked, at once and afterwards. */
const askingOf = (
  { config, store, decode, secrets, gateway, clock, log }: WriteSideOptions,
  { loop, mac, file }: { readonly loop: CommandLoop; readonly mac: Mac; readonly file: ChargingFile },
) => {
  const settleAfter = config.settleMinutes * 60_000
  const parts = { commands: loop, store, decode, secrets, gateway, mac, file, clock, settleAfter, log }
  return { ...parts, randomId: randomUUID, random: Math.random, pause: wait }
}

/** Follows the log from now on. */
const follow = (loop: CommandLoop, log: (message: string) => void) => {
  const ending = new AbortController()
  let stopped: unknown = null
  const following = loop.follow(ending.signal).catch((error: unknown) => {
    stopped = error
    log(`the write side has stopped: ${reasonOf(error)}`)
  })
  const end = (): Promise<void> => {
    ending.abort()
    return following
  }
  return { end, stopped: () => stopped }
}
