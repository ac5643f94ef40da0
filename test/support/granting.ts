import type { Config } from '../../src/config.js'
import { names, shown, tally } from './redeeming.js'
import { type Ask, asking, since, tokenFor } from './serving.js'

/** A promocode at a server that is granted to a hundred accounts at once, of which so many get it. */

const accounts = names(100)

/** Opens the accounts and publishes the promocode. */
export const publishPromocode = async (ask: Ask, promocode: string, grants: number): Promise<void> => {
  const opened = await Promise.all(accounts.map((name) => ask('POST', '/v1/accounts', { name })))
  const wrong = opened.find(({ status }) => status !== 201 && status !== 409)
  if (wrong !== undefined) throw new Error(wrong.text)
  const terms = { promocode, name: '10 discount', type: 'percent', value: '10', periods: 1, grants }
  const reply = await ask('POST', '/v1/catalogue/promocodes', terms)
  if (reply.status !== 201) throw new Error(reply.text)
}

/** Grants it to all accounts at once, each of the servers in turn. Resolves with how often each answer came, and what the views then show. */
export const grantToAll = async (asks: readonly Ask[], promocode: string) => {
  const path = `/v1/promocodes/${promocode}/grants`
  const replies = await Promise.all(
    accounts.map(
      (account, n) => asks[n % asks.length]?.('POST', path, { account }) ?? Promise.reject(new Error('no server')),
    ),
  )
  const won = replies.flatMap((reply) => (reply.status === 201 ? reply : []))
  const [ask] = asks
  const last = won.toSorted((a, b) => JSON.parse(b.text).leaf - JSON.parse(a.text).leaf)[0]
  if (ask === undefined || last === undefined) throw new Error('nothing was granted')
  const { text } = await shown(() => ask('GET', path, undefined, since(last)))
  const numbers = won.map(({ text }) => JSON.parse(text).number).sort((a: number, b: number) => a - b)
  const holders: readonly string[] = won.map(({ text }) => JSON.parse(text).account)
  return { tally: tally(replies), count: JSON.parse(text), numbers, holders }
}

/** The promocodes that an account may use, as it sees them. */
export const promocodesOf = async (address: string, config: Config, account: string): Promise<readonly string[]> => {
  const ask = asking(address, tokenFor(config, account))
  const { text } = await ask('GET', '/payment/promocode/')
  const codes: readonly string[] = JSON.parse(text).data.map(({ code }: { code: string }) => code)
  for (const code of codes) {
    const { status } = await ask('POST', '/payment/verify_promocode/', { promocode: code })
    if (status !== 200) throw new Error(`${code} is not good: ${status}`)
  }
  return codes
}
