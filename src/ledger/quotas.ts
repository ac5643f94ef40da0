import { formatMinor } from './money.js'

/** What a plan or an add-on allows, or a device has used: decimals with four places at most. What is left out is none. */
export const quotaNames = ['sms', 'email', 'notification', 'storage'] as const

type Name = (typeof quotaNames)[number]

export type Quotas = { readonly [Each in Name]?: string }
export type AllQuotas = Readonly<Record<Name, string>>

export const sumOf = (...all: readonly Quotas[]): AllQuotas =>
  each((name) => all.reduce((sum, quotas) => sum + placed(quotas[name]), 0n))

/** What may be used yet, never below zero. */
export const leftOf = (allowed: Quotas, used: Quotas): AllQuotas =>
  each((name) => {
    const left = placed(allowed[name]) - placed(used[name])
    return left < 0n ? 0n : left
  })

const PLACES = 4

const placed = (text = '0'): bigint => {
  const [whole, part = ''] = text.split('.')
  return BigInt(`${whole}${part.padEnd(PLACES, '0')}`)
}

const each = (of: (name: Name) => bigint): AllQuotas => ({
  sms: shortest(of('sms')),
  email: shortest(of('email')),
  notification: shortest(of('notification')),
  storage: shortest(of('storage')),
})

/** Without zeros at the end: `0.05`, `30`. */
const shortest = (value: bigint): string => formatMinor(value, PLACES).replace(/\.?0+$/, '')
