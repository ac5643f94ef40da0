import { amountText, fromEvent } from './money.js'
import type { Line } from './state.js'

/** Rebates and discounts lower what the lines sum to. */
const signOf = ({ kind }: Line): bigint => (kind === 'rebate' || kind === 'discount' ? -1n : 1n)

/**
 * What each line gives of an amount, which is at most what the lines sum to: its part, rounded down; what is missing after that, a minor
 * unit each, in the order of the lines. A line that gives nothing is left out.
 */
export const share = (lines: readonly Line[], amount: bigint, currency: string): Line[] => {
  const whole = lines.map((line) => ({ line, sign: signOf(line), minor: fromEvent(line.amount) }))
  const total = whole.reduce((sum, { sign, minor }) => sum + sign * minor, 0n)
  const parts = whole.map((one) => ({ ...one, part: (amount * one.minor) / total }))
  let missing = parts.reduce((left, { sign, part }) => left - sign * part, amount)
  return parts.flatMap(({ line, sign, minor, part }) => {
    const more = missing * sign > 0n && amount * minor !== part * total ? 1n : 0n
    missing -= sign * more
    return part + more === 0n ? [] : [{ ...line, amount: amountText(part + more, currency) }]
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

/** The inverse: what was given back is there again. */
export const more = (lines: readonly Line[], given: readonly Line[], currency: string): readonly Line[] => {
  const open = [...given]
  return lines.map((line) => {
    const at = open.findIndex(({ item, plan, kind }) => item === line.item && plan === line.plan && kind === line.kind)
    const [back] = at === -1 ? [] : open.splice(at, 1)
    return back === undefined
      ? line
      : { ...line, amount: amountText(fromEvent(line.amount) + fromEvent(back.amount), currency) }
  })
}
