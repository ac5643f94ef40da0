import type { GatewayState } from '../../../src/gateway/port.js'
import type { Content } from './xml.js'

/** What lies behind the double: transactions, cards, and who says no. Written from Braintree's documents, not from our sandbox. */

export interface Entry {
  readonly id: string
  readonly type: 'sale' | 'credit'
  status: string
  readonly amount: string
  readonly currencyIsoCode: string
  readonly orderId: string
  readonly createdAt: string
  readonly token: string | null
  readonly refundedTransactionId: string | null
  readonly code: string | null
  readonly reason: string | null
  readonly rejection: string | null
  disputed: boolean
}

export type Verdict =
  | { readonly kind: 'taken' | 'rejected'; readonly entry: Entry }
  | { readonly kind: 'invalid'; readonly code: string; readonly attribute: string }
  | { readonly kind: 'missing' }

export type Fields = Readonly<Record<string, unknown>>

const invalid = (code: string, attribute: string): Verdict => ({ kind: 'invalid', code, attribute })

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const STATUS: Readonly<Record<GatewayState, string>> = {
  pending: 'submitted_for_settlement',
  settled: 'settled',
  failed: 'settlement_declined',
  voided: 'voided',
  returned: 'settled',
}

export class Bank {
  readonly entries: Entry[] = []
  readonly currencies: Readonly<Record<string, string>>

  /** Merchant account → currency. */
  constructor(currencies: Readonly<Record<string, string>>) {
    this.currencies = currencies
  }

  become(id: string, state: GatewayState): void {
    const entry = this.entries.find((one) => one.id === id)
    if (entry === undefined) throw new TypeError(`no ${id}`)
    entry.status = STATUS[state]
    entry.disputed = state === 'returned'
  }

  sale(fields: Fields): Verdict {
    const amount = text(fields.amount)
    const currency = this.currencies[text(fields.merchant_account_id)]
    const nonce = text(fields.payment_method_nonce)
    const token = text(fields.payment_method_token)
    const options = JSON.stringify(fields.options ?? {})
    const storing = options.includes('"store_in_vault_on_success":true')
    const status = options.includes('"submit_for_settlement":true') ? 'submitted_for_settlement' : 'authorized'
    if (!/^\d+(?:\.\d+)?$/.test(amount)) return invalid('81503', 'amount')
    if (/^[0.]+$/.test(amount)) return invalid('81531', 'amount')
    if (currency === undefined) return invalid('91513', 'merchant_account_id')
    if (nonce === '' && !this.entries.some((entry) => entry.token !== null && entry.token === token))
      return token === '' ? invalid('91565', 'payment_method_nonce') : invalid('91518', 'payment_method_token')
    if (nonce === 'fake-consumed-nonce') return invalid('91564', 'payment_method_nonce')
    if (nonce === 'fake-luhn-invalid-nonce') return invalid('81715', 'number')
    const no = declineOf(nonce) ?? declineAt(amount)
    const sale = { type: 'sale', amount, currencyIsoCode: currency, orderId: text(fields.order_id) } as const
    if (no !== null) return { kind: 'rejected', entry: this.#add({ ...sale, ...no }) }
    const kept = storing ? `tok_${this.entries.length}` : token === '' ? null : token
    return { kind: 'taken', entry: this.#add({ ...sale, status, token: kept, code: '1000', reason: 'Approved' }) }
  }

  void(id: string): Verdict {
    const entry = this.entries.find((one) => one.id === id)
    if (entry === undefined) return { kind: 'missing' }
    if (!['authorized', 'submitted_for_settlement'].includes(entry.status)) return invalid('91504', 'base')
    entry.status = 'voided'
    return { kind: 'taken', entry }
  }

  refund(id: string, fields: Fields): Verdict {
    const sale = this.entries.find((one) => one.id === id)
    if (sale === undefined) return { kind: 'missing' }
    if (sale.status !== 'settled' && sale.status !== 'settling') return invalid('91506', 'base')
    const given = this.refundsOf(id).filter(({ status }) => status !== 'settlement_declined')
    const cents = given.reduce((sum, { amount }) => sum + centsOf(amount), 0n)
    if (cents === centsOf(sale.amount)) return invalid('91512', 'base')
    const amount = text(fields.amount)
    if (cents + centsOf(amount) > centsOf(sale.amount)) return invalid('91521', 'amount')
    const { currencyIsoCode, token } = sale
    const credit = { type: 'credit', amount, currencyIsoCode, token, orderId: text(fields.order_id) } as const
    return {
      kind: 'taken',
      entry: this.#add({ ...credit, refundedTransactionId: id, code: '1000', reason: 'Approved' }),
    }
  }

  refundsOf(id: string): readonly Entry[] {
    return this.entries.filter((entry) => entry.refundedTransactionId === id)
  }

  /** As it is written, with some of the many fields that we do not read. */
  content(entry: Entry): Content {
    const { disputed, token, code, reason, rejection, ...rest } = entry
    return {
      ...rest,
      createdAt: entry.createdAt,
      merchantAccountId: 'acme',
      refundIds: this.refundsOf(entry.id).map(({ id }) => id),
      gatewayRejectionReason: rejection,
      processorResponseCode: code,
      processorResponseText: reason,
      processorAuthorizationCode: 'YCSBWR',
      taxExempt: false,
      customFields: '',
      creditCard: { token, bin: '411111', 'last-4': '1111', cardType: 'Visa', expirationMonth: '12' },
      disputes: disputed ? [{ id: 'd1', kind: 'chargeback', status: 'lost', amount: entry.amount }] : [],
      statusHistory: [],
    }
  }

  #add(fields: Partial<Entry> & Pick<Entry, 'type' | 'amount' | 'currencyIsoCode' | 'orderId'>): Entry {
    const second = `${this.entries.length % 60}`.padStart(2, '0')
    const minute = `${Math.floor(this.entries.length / 60) % 60}`.padStart(2, '0')
    const entry: Entry = {
      id: `tx${this.entries.length}z`,
      status: 'submitted_for_settlement',
      createdAt: `2026-11-21T10:${minute}:${second}Z`,
      token: null,
      refundedTransactionId: null,
      code: null,
      reason: null,
      rejection: null,
      disputed: false,
      ...fields,
    }
    this.entries.push(entry)
    return entry
  }
}

const centsOf = (amount: string): bigint => {
  const [units = '0', cents = ''] = amount.split('.')
  return BigInt(units + cents.padEnd(2, '0'))
}

type No = Pick<Entry, 'status' | 'code' | 'reason' | 'rejection'>

const declined = (code: string): No => ({ status: 'processor_declined', code, reason: 'Declined', rejection: null })
const failed: No = { status: 'failed', code: '3000', reason: 'Processor Network Unavailable', rejection: null }
const gatewayRejected = (rejection: string): No => ({ status: 'gateway_rejected', code: null, reason: null, rejection })

const declineOf = (nonce: string): No | null => {
  if (/^fake-processor-declined-/.test(nonce)) return declined('2000')
  if (nonce === 'fake-processor-failure-jcb-nonce') return failed
  if (nonce === 'fake-gateway-rejected-fraud-nonce') return gatewayRejected('fraud')
  return nonce === 'fake-gateway-rejected-risk-thresholds-nonce' ? gatewayRejected('risk_threshold') : null
}

const declineAt = (amount: string): No | null => {
  if (/^2\d{3}(?:\.|$)/.test(amount)) return declined(amount.slice(0, 4))
  if (/^3000(?:\.|$)/.test(amount)) return failed
  return /^5001(?:\.00)?$/.test(amount) ? gatewayRejected('application_incomplete') : null
}
