import type { Ask } from './serving.js'

const AT_ONCE = 500

/** Writes so many small trades from alice to shop, as a bulk each 500. */
export const manyTrades = async (ask: Ask, count: number): Promise<void> => {
  await ask('POST', '/v1/accounts', { name: 'shop' })
  await ask('POST', '/v1/accounts', { name: 'alice' })
  await ask('POST', '/v1/accounts/alice/recharges', { amount: String(count) })
  const items = Array.from({ length: AT_ONCE }, () => ({ buyer: 'alice', seller: 'shop', amount: '0.10' }))
  for (let done = 0; done < count; done += AT_ONCE) {
    const { status, text } = await ask('POST', '/v1/transfers/bulk', { items })
    if (status !== 200 || text.includes('"error"')) throw new Error(text.slice(0, 500))
  }
}
