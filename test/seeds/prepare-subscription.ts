import type { Ask } from '../support/serving.js'
import { ADDRESS, NONCE, type PreparedSubscriptions, USER } from './subscription.js'

const times = { billPeriod: 'monthly', type: 'messages' }
const plans = [
  ['Free', 'PlanA', '0.00', { sms: '0', email: '30', notification: '100', storage: '0.05' }],
  ['Basic10', 'PlanB', '10.00', { sms: '0', email: '100', notification: '1000', storage: '1' }],
  ['Pro30', 'PlanC', '30.00', { sms: '0', email: '1000', notification: '100000', storage: '3' }],
  ['Enterprise50', 'PlanD', '50.00', { sms: '0', email: '10000', notification: '1000000', storage: '10' }],
] as const
const addon = { addon: 'more-messages', name: 'More messages', price: '5.00', quotas: { sms: '100' } }

const must = async (ask: Ask, ...[method, path, body]: Parameters<Ask>) => {
  const { status, text } = await ask(method, path, body)
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`)
  return JSON.parse(text)
}

/** The plans of the document, an add-on, and the account with its address. */
export const publish = async (admin: Ask, owner: Ask): Promise<void> => {
  for (const [plan, name, price, quotas] of plans) {
    await must(admin, 'POST', '/v1/catalogue/plans', { plan, name, price, quotas, ...times })
  }
  await must(admin, 'POST', '/v1/catalogue/addons', addon)
  await must(admin, 'POST', '/v1/accounts', { name: USER })
  await must(owner, 'POST', '/payment/billing_address/', ADDRESS)
}

/** What one run of the table asks for: five devices more, promocodes, things in the cart, and a payment by card. */
export const prepare = async (admin: Ask, owner: Ask, run: string): Promise<PreparedSubscriptions> => {
  const account = `/v1/accounts/${USER}`
  const open = async (n: number): Promise<string> => {
    const device = `PH80XXRR0616207E-${run}${n}`
    await must(admin, 'POST', `${account}/subscriptions`, { device, deviceName: `G${n}` })
    const { data } = await must(owner, 'GET', '/payment/subscription/')
    return data.find(({ deviceid }: { deviceid: string }) => deviceid === device)._id
  }
  const [first, second, paid, third, fourth, fifth] = [
    ...[await open(1), await open(2), await open(3)],
    ...[await open(4), await open(5), await open(6)],
  ]
  if (!first || !second || !paid || !third || !fourth || !fifth) throw new Error('a device has no subscription')
  const grant = async (n: number): Promise<string> => {
    const promocode = `5eeca30abe5dc00806f5391${n}-${run}`
    const terms = { name: '10 discount', type: 'percent', value: '10', periods: 1, remark: 'the first month' }
    const expiresAt = '2099-01-01T00:00:00.000Z'
    await must(admin, 'POST', '/v1/catalogue/promocodes', { promocode, ...terms, expiresAt })
    await must(admin, 'POST', `/v1/promocodes/${promocode}/grants`, { account: USER })
    return promocode
  }
  const put = async (subscription_id: string): Promise<string> => {
    const item = { subscription_id, plan_id: 'Basic10', addon_ids: ['more-messages'] }
    return (await must(owner, 'POST', '/payment/cartitem/', item)).data._id
  }
  await must(owner, 'POST', '/payment/checkout/', {
    items: [{ subscription_id: paid, plan_id: 'Pro30' }],
    nonce: NONCE,
  })
  const { data } = await must(owner, 'GET', '/payment/transaction/')
  return {
    wanted: [first, second],
    paid,
    carted: [third, fourth],
    promocode: await grant(1),
    promocodes: [await grant(2), await grant(3)],
    kept: await put(third),
    removed: await put(fifth),
    transaction: data[0]._id,
  }
}
