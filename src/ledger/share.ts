import { amountText, fromEvent } from './money.js'
import type { Line } from './state.js'

/** Rebates and discounts lower what the lines sum to. */
const lowers = ({ kind }: Line): boolean => kind === 'rebate' || kind === 'discount'

/**
 * What each line gives of an amount, which is at most what the lines sum to: its part, rounded down; what is missing after that, a minor
 * unit each, in the order of the lines. A line that gives nothing is left out.
 */
export const share = (lines: readonly Line[], amount: bigint, currency: string): Line[] => {
  const whole = lines.map((line) => fromEvent(line.amount))
  const sum = (parts: readonly bigint[]): bigint =>
    lines.reduce((total, line, index) => total + (lowers(line) ? -(parts[index] ?? 0n) : (parts[index] ?? 0n)), 0n)
  const total = sum(whole)
  const parts = whole.map((minor) => (amount * minor) / total)
  let missing = amount - sum(parts)
  return lines.flatMap((line, index) => {
    let minor = parts[index] ?? 0n
    const exact = amount * (whole[index] ?? 0n) === minor * total
    const step = lowers(line) ? -1n : 1n
    if (!exact && missing * step > 0n) {
      minor += 1n
      missing -= step
    }
    return minor === 0n ? [] : [{ ...line, amount: amountText(minor, currency) }]
  })
}

/** What is left of lines when some of it is given back. */
export const less = (lines: readonly Line[], given: readonly Line[], currency: string): readonly Line[] => {
  const open = given.map((line) => ({ ...line, minor: fromEvent(line.amount) }))
  return lines.map((line) => {
    const back = open.find(
      ({ item, plan, kind, minor }) => item === line.item && plan === line.plan && kind === line.kind && minor > 0n,
    )
    if (back === undefined) return line
    const rest = fromEvent(line.amount) - back.minor
    back.minor = -rest
    return { ...line, amount: amountText(rest > 0n ? rest : 0n, currency) }
  })
}
