import { decimalsOf } from '../currencies.js'
import { type Refused, refuseRequest } from '../decision.js'
import { type CompleteItem, inRepo, type WrittenItem } from '../item.js'
import { amountText, parseMinor, signOf } from '../money.js'
import { isInstant } from '../time.js'
import { badAmount, unknownCurrency } from './checks.js'

type Written<Kind extends WrittenItem['kind']> = Extract<WrittenItem, { kind: Kind }>['data']

/** Fills in what was left out, and gives money the decimals of its currency; or the refusal, which rests on the request alone. */
export const completeItem = (item: WrittenItem, currency: string): CompleteItem | Refused => {
  switch (item.kind) {
    case 'plan':
      return plan(item.data, item.data.currency ?? currency)
    case 'region':
      return { kind: 'region', id: item.data.region, data: item.data, names: [] }
    case 'promocode':
      return promocode(item.data, currency)
    case 'addon':
      return addon(item.data, item.data.currency ?? currency)
    case 'repo':
      return repo(item.data)
    case 'repo-item':
      return repoItem(item.data)
    case 'service':
      return service(item.data)
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = item
      return _
    }
  }
}

const plan = (data: Written<'plan'>, currency: string): CompleteItem | Refused => {
  const price = priceIn(data.price, currency)
  if (typeof price !== 'string') return price
  const refusal = badQuotas(data.quotas)
  if (refusal) return refusal
  const { description = '', region } = data
  return {
    kind: 'plan',
    id: data.plan,
    data: { ...data, price, currency, description },
    names: region === undefined ? [] : [{ kind: 'region', id: region }],
  }
}

const addon = (data: Written<'addon'>, currency: string): CompleteItem | Refused => {
  const price = priceIn(data.price, currency)
  if (typeof price !== 'string') return price
  return badQuotas(data.quotas) ?? { kind: 'addon', id: data.addon, data: { ...data, price, currency }, names: [] }
}

const repo = (data: Written<'repo'>): CompleteItem => {
  const { description = '', owner = '', imageUrl = '' } = data
  return { kind: 'repo', id: data.repo, data: { ...data, description, owner, imageUrl }, names: [] }
}

const repoItem = (data: Written<'repo-item'>): CompleteItem => {
  const { owner = '', attributes: written = [] } = data
  const attributes = written.map(({ comment = '', example = '', ...rest }) => ({ ...rest, comment, example }))
  return {
    kind: 'repo-item',
    id: inRepo(data.repo, data.item),
    data: { ...data, owner, attributes },
    names: [{ kind: 'repo', id: data.repo }],
  }
}

const service = (data: Written<'service'>): CompleteItem => {
  const { description = '', imageUrl = '' } = data
  return { kind: 'service', id: data.service, data: { ...data, description, imageUrl }, names: [] }
}

const HUNDRED = 100n
/** As many as an event's decimal may have. */
const DECIMALS = 4

const promocode = (data: Written<'promocode'>, configured: string): CompleteItem | Refused => {
  const refusal = badAmount(data.value)
  if (refusal) return refusal
  const worth = data.type === 'percent' ? percentage(data) : fixed(data, data.currency ?? configured)
  if ('kind' in worth) return worth
  if (data.expiresAt !== undefined && !isInstant(data.expiresAt)) {
    return refuseRequest('invalid_expiry', 'The expiry of a promocode is no instant such as 2026-01-31T23:59:59.000Z.')
  }
  const names = (data.plans ?? []).map((id) => ({ kind: 'plan' as const, id }))
  return { kind: 'promocode', id: data.promocode, data: { ...data, ...worth }, names }
}

type Worth = Pick<Written<'promocode'>, 'value' | 'currency'>

const percentage = ({ value, currency }: Worth): Worth | Refused => {
  const percent = parseMinor(value, DECIMALS)
  if (typeof percent !== 'bigint') return tooManyDecimals('A percentage', DECIMALS)
  const fits = percent <= HUNDRED * 10n ** BigInt(DECIMALS) && currency === undefined
  return fits ? { value } : refuseRequest('invalid_promocode', 'A percentage is at most 100, and has no currency.')
}

const fixed = ({ value }: Worth, currency: string): Worth | Refused => {
  const price = priceIn(value, currency)
  return typeof price === 'string' ? { value: price, currency } : price
}

const tooManyDecimals = (what: string, decimals: number): Refused =>
  refuseRequest('too_many_decimals', `${what} has ${decimals} decimals at most; this one has more.`)

/** A price may be zero. */
const priceIn = (text: string, currency: string): string | Refused => {
  const sign = signOf(text)
  if (sign === 'invalid' || sign === 'negative') {
    return refuseRequest('invalid_amount', 'A price is a decimal such as 12.50, and not below zero.')
  }
  const decimals = decimalsOf(currency)
  if (decimals === undefined) return unknownCurrency
  const minor = parseMinor(text, decimals)
  return typeof minor === 'bigint' ? amountText(minor, currency) : tooManyDecimals(`A price in ${currency}`, decimals)
}

/** `what`: a person calls each of them so. */
export const badQuotas = (
  quotas: Readonly<Record<string, string | undefined>> = {},
  what = 'The quota',
): Refused | undefined => {
  for (const [name, text = '0'] of Object.entries(quotas)) {
    const sign = signOf(text)
    if (sign === 'invalid' || sign === 'negative') {
      return refuseRequest('invalid_amount', `${what} ${name} is no decimal such as 0.05, and not below zero.`)
    }
    if (typeof parseMinor(text, DECIMALS) !== 'bigint') return tooManyDecimals(`${what} ${name}`, DECIMALS)
  }
  return undefined
}
