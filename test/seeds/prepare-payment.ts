import type { Ask } from '../support/serving.js'
import type { Prepared } from './payment.js'

const CREDENTIALS = {
  uri: 'mongo://username:password@mysqlhost:3306/database',
  hostname: 'mysqlhost',
  port: '3306',
  name: 'database',
  username: 'username',
  password: 'password',
}

const SERVICE = 'c13d4-3123-11e6-8ffb-0323c75f5c'

/** What the requests of the table ask for, on a server with the demo catalogue, as an admin; a coupon for each run of the table. */
export const prepare = async (ask: Ask, runs: number): Promise<readonly Prepared[]> => {
  const must = async (path: string, body: object): Promise<string> => {
    const { status, text } = await ask('POST', path, body)
    if (status >= 300) throw new Error(`${path}: ${status} ${text}`)
    return text
  }
  for (const namespace of ['hello', 'hello-org', 'chaizs']) {
    await must('/payment/v1/recharge', { amount: '500', namespace })
  }
  const region = 'cn-north-1'
  await must('/payment/v1/checkout', { plan_id: '2736123def7232', namespace: 'hello-org', region })
  const instance = 'i-1'
  await must('/v1/instances', { instance, service: SERVICE, owner: 'hello', credentials: CREDENTIALS })
  const batch = { batch: 'spring', count: runs, amount: '10.00', expiresAt: '2099-01-01T00:00:00.000Z' }
  const { coupons } = JSON.parse(await must('/v1/coupon-batches', batch))
  const [{ trans_id: movement }] = JSON.parse((await ask('GET', '/payment/v1/amounts?namespace=hello')).text)
  return coupons.map(({ serial, code }: Prepared['coupon']) => ({ coupon: { serial, code }, instance, movement }))
}
