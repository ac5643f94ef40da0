import { parseArgs } from 'node:util'
import { type Asked, inDoubt } from '../commands/asked.js'
import type { SettlingEnd } from '../commands/asking-scheduler.js'
import type { FailingEnd } from '../commands/fail-checkout.js'
import { reasonOf } from '../follower/batch.js'
import { type CallServer, calling, linesOf, TaskFailed } from './server.js'
import { type Terminal, type Tool, UsageError } from './tool.js'
import { watch } from './watch.js'

const USAGE = 'checkouts takes [--state STATE], settle [--older MINUTES], or fail CHECKOUT'

interface Asks {
  readonly settle: boolean
  /** The checkout that is to fail. */
  readonly fail: string | undefined
  readonly older: string | undefined
  /** Of what is listed; the server knows which there are. */
  readonly state: string | undefined
}

const asksIn = (args: readonly string[]): Asks => {
  try {
    const options = { older: { type: 'string' }, state: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const [word, name] = positionals
    const settle = word === 'settle'
    const fail = word === 'fail' ? name : undefined
    const { older, state } = values
    if (word === 'fail' && name === undefined) throw new Error('fail names a checkout')
    if (positionals.length > (word === 'fail' ? 2 : 1) || (word !== undefined && !settle && fail === undefined))
      throw new Error(`there is no '${positionals.at(-1)}'`)
    if (older !== undefined && !(settle && /^\d{1,5}$/.test(older)))
      throw new Error('--older takes whole minutes, of settle')
    if (word !== undefined && state !== undefined) throw new Error('--state is of what is listed')
    return { settle, fail, older, state }
  } catch (error) {
    throw new UsageError(`${reasonOf(error)}; ${USAGE}`)
  }
}

const START = 'start the server: the running one asks the gateway'

const BROKEN_OFF = {
  kind: 'failed',
  code: 'settling_interrupted',
  detail: 'the server broke off; what is written is written, and it may be run again for the rest',
} as const satisfies SettlingEnd

const WORDS: readonly (readonly [keyof Asked, string])[] = [
  ['paid', 'paid'],
  ['failed', 'failed'],
  ['settled', 'settled'],
  ['returned', 'returned'],
  ['givenBack', 'given back'],
  ['refunded', 'refunded'],
  ['notRefunded', 'not refunded'],
  ['pending', 'on their way'],
]

const summary = (asked: Asked): string =>
  [
    ...WORDS.map(([kind, word]) => `${asked[kind]} ${word}`),
    `${inDoubt(asked)} in doubt`,
    ...(asked.young === 0 ? [] : [`${asked.young} too young to be asked about`]),
  ].join(', ')

const progress = (asked: Asked): string => `${summary(asked)}${asked.missed > 0 ? ', asking again in a minute' : ''}`

const settle = async (terminal: Terminal, call: CallServer, older: string | undefined): Promise<number> => {
  const { out } = terminal
  const body = older === undefined ? {} : { olderMinutes: Number.parseInt(older, 10) }
  const end = await watch<Asked, SettlingEnd>(linesOf(await call('POST', '/v1/checkouts/settle', body)), terminal, {
    summary: progress,
    brokenOff: BROKEN_OFF,
  })
  if (end.kind === 'failed') throw new TaskFailed(end.code, end.detail)
  out(`${summary(end.result)}.\n`)
  if (inDoubt(end.result) === 0) return 0
  out('Some are in doubt; counterfoil checkouts shows them, and what the gateway said.\n')
  return 3
}

const fail = async (terminal: Terminal, call: CallServer, name: string): Promise<number> => {
  const { out } = terminal
  const reply = await call('POST', `/v1/checkouts/${encodeURIComponent(name)}/fail`)
  const end = await watch<Asked, FailingEnd>(linesOf(reply), terminal, { summary: progress, brokenOff: BROKEN_OFF })
  if (end.kind === 'failed') throw new TaskFailed(end.code, end.detail)
  const { checkout, account, state, said } = end.result
  if (state === 'paid') {
    out(`The checkout ${checkout} of ${account} is paid, as was asked for: ${said}.\n`)
    return 3
  }
  out(`The checkout ${checkout} of ${account} has failed: ${said}.\n`)
  out('The server gives back what was charged, if anything was; counterfoil checkouts shows it until it is done.\n')
  return 0
}

/** As the server writes it. */
interface Page {
  readonly checkouts: readonly {
    readonly state: string
    readonly account: string
    readonly checkout?: string
    readonly refund?: string
    readonly since: string
    readonly amount: string
    readonly currency: string
    readonly said?: string
  }[]
  readonly next: string | null
}

const list = async ({ out }: Terminal, call: CallServer, state: string | undefined): Promise<number> => {
  const pathOf = (more: Readonly<Record<string, string>>): string => {
    const query = new URLSearchParams({ ...(state !== undefined && { state }), ...more }).toString()
    return query === '' ? '/v1/checkouts' : `/v1/checkouts?${query}`
  }
  let count = 0
  for (let path: string | null = pathOf({}); path !== null; ) {
    const page: Page = JSON.parse(await (await call('GET', path)).text())
    for (const { state, account, checkout, refund, since, amount, currency, said } of page.checkouts) {
      const id = refund ?? checkout
      out(`${state} ${account} ${id} ${amount} ${currency} since ${since}${said === undefined ? '' : `: ${said}`}\n`)
    }
    count += page.checkouts.length
    path = page.next === null ? null : pathOf({ cursor: page.next })
  }
  if (count === 0) out('There is none.\n')
  return 0
}

export const checkoutsCommand: Tool = {
  name: 'checkouts',
  usage: 'checkouts [--state STATE] | checkouts settle [--older MINUTES] | checkouts fail CHECKOUT',
  meaning:
    'Lists card payments and refunds to cards that are not over, and what the gateway said last; of one STATE\n' +
    '      (open, missing, unsettled, refund), or of all. settle asks it about all of them now, as the\n' +
    '      server does by itself; checkouts that are neither paid nor failed where they are older than so many minutes (left out: as configured).\n' +
    '      fail ends one that the gateway has charged for another amount or currency, and has that given back.',
  run: async (terminal) => {
    const { settle: settles, fail: fails, older, state } = asksIn(terminal.args)
    const call = calling(terminal, { roles: ['all'], start: START })
    if (fails !== undefined) return fail(terminal, call, fails)
    return settles ? settle(terminal, call, older) : list(terminal, call, state)
  },
}
