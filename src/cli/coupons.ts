import { parseArgs } from 'node:util'
import { reasonOf } from '../follower/batch.js'
import { calling, ServerRefused } from './server.js'
import { type Tool, UsageError } from './tool.js'

const START = 'start the server: the running one issues'
const USAGE = 'coupons issue BATCH --count N --amount A --expires DATE'

/** So that the same command line gives the same codes again, also where the first answer was lost. */
const KEY = { 'idempotency-key': 'counterfoil-coupons', accept: 'text/csv' }

const optionsOf = (args: readonly string[]) => {
  const text = { type: 'string' } as const
  try {
    const options = { count: text, amount: text, currency: text, expires: text }
    return parseArgs({ args: [...args], allowPositionals: true, options })
  } catch (error) {
    throw new UsageError(`${reasonOf(error)}; ${USAGE}`)
  }
}

/** Who issues gave no key, so none is spoken of. */
const inWordsOfBatches = (error: unknown): never => {
  if (!(error instanceof ServerRefused) || error.code !== 'idempotency_key_reused') throw error
  throw new ServerRefused(
    'batch_exists',
    'A batch of this name was issued before, with other numbers or under another COUNTERFOIL_SECRET; name another batch.',
  )
}

const bodyOf = (args: readonly string[]): object => {
  const { values, positionals } = optionsOf(args)
  const [verb, batch, ...others] = positionals
  const { count = '', amount, currency, expires } = values
  const whole = verb === 'issue' && batch !== undefined && amount !== undefined && expires !== undefined
  if (!whole || others.length > 0 || !/^\d{1,4}$/.test(count)) throw new UsageError(USAGE)
  const expiresAt = /^\d{4}-\d{2}-\d{2}$/.test(expires) ? `${expires}T00:00:00.000Z` : expires
  return { batch, count: Number(count), amount, currency, expiresAt }
}

export const couponsCommand: Tool = {
  name: 'coupons',
  usage: `${USAGE} [--currency CODE]`,
  meaning:
    'Issues coupons and writes them as CSV. They are good until DATE begins (in UTC), or until an instant such as\n' +
    '      2026-12-31T16:00:00.000Z. The same command again writes the same codes again.',
  run: async (terminal) => {
    const body = bodyOf(terminal.args)
    const call = calling(terminal, { roles: ['all'], start: START })
    const reply = await call('POST', '/v1/coupon-batches', body, KEY).catch(inWordsOfBatches)
    terminal.out(await reply.text())
    return 0
  },
}
