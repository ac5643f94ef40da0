import { createCouponCodes } from '../../src/commands/coupon-codes.js'
import type { Config } from '../../src/config.js'
import { type Ask, asking, type Reply, since, tokenFor, until } from './serving.js'

/** A batch of coupons at a server, each worth 10, and accounts to redeem them. */

export const names = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `client-${n}`)

/** Opens the accounts and issues a thousand coupons; resolves with the code of its first coupon. */
export const prepare = async (ask: Ask, { secret }: Config, batch: string, accounts: readonly string[]) => {
  await Promise.all(accounts.map((name) => ask('POST', '/v1/accounts', { name })))
  const terms = { batch, count: 1000, amount: '10', expiresAt: '2099-01-01T00:00:00.000Z' }
  const reply = await ask('POST', '/v1/coupon-batches', terms, { accept: 'text/csv' })
  if (reply.status !== 201) throw new Error(reply.text)
  await shown(() => ask('GET', `/v1/coupon-batches/${batch}`, undefined, since(reply)))
  const code = createCouponCodes(Buffer.from(secret, 'utf8')).codeOf(`${batch}-1`)
  if (!reply.text.includes(`\r\n${batch}-1,${code},10.00,CNY,`)) throw new Error('the code is another one')
  return code
}

export interface Redeeming {
  readonly address: string
  readonly config: Config
  readonly code: string
  readonly batch: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Each with a token of its own. */
export const redeem = ({ address, config, code, batch, headers }: Redeeming, account: string): Promise<Reply> =>
  asking(address, tokenFor(config, account))(
    'POST',
    '/payment/v1/redeem',
    { serial: `${batch}-1`, code, namespace: account },
    headers,
  )

/** Asks until the views have come so far. */
export const shown = (ask: () => Promise<Reply>): Promise<Reply> => until(ask, ({ status }) => status !== 503)

/** How often each answer came: `409 coupon_redeemed`, `200`. */
export const tally = (replies: readonly Reply[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { status, text } of replies) {
    const { code = '' } = JSON.parse(text)
    const said = `${status} ${code}`.trim()
    counts[said] = (counts[said] ?? 0) + 1
  }
  return counts
}

/** What all of them have together once the views show these replies, in minor units. */
export const sumOf = async (ask: Ask, accounts: readonly string[], replies: readonly Reply[]): Promise<bigint> => {
  const won = replies.find(({ status }) => status === 200)
  const headers = won === undefined ? {} : since(won)
  const balances = accounts.map((name) => shown(() => ask('GET', `/v1/accounts/${name}`, undefined, headers)))
  const texts = (await Promise.all(balances)).map(({ text }) => text)
  return texts.reduce((sum, text) => sum + BigInt(JSON.parse(text).actual.replace('.', '')), 0n)
}
