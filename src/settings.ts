import { ConfigError } from './locations.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** Throws `ConfigError`. */
export const whole = (environment: Environment, name: string, fallback: number, most: number): number => {
  const text = environment[name]
  if (text === undefined) return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > most) {
    throw new ConfigError(`${name} is '${text}'; it must be a whole number from 0 to ${most}`)
  }
  return value
}

/** Whole numbers from 1 to 365 in ascending order, between commas. Throws `ConfigError`. */
export const daysOf = (environment: Environment, name: string, fallback: string): readonly number[] => {
  const text = environment[name] ?? fallback
  const days = text.split(',').map(Number)
  const ascend = days.every((day, n) => day > (days[n - 1] ?? 0) && day <= 365)
  if (/^[1-9][0-9]{0,2}(?:,[1-9][0-9]{0,2})*$/.test(text) && ascend) return days
  throw new ConfigError(`${name} is '${text}'; it must be days from 1 to 365 in ascending order, for example 1,3,5,7`)
}

/** The first one where nothing is set. Throws `ConfigError`. */
export const oneOf = <Word extends string>(
  environment: Environment,
  name: string,
  allowed: readonly [Word, ...Word[]],
): Word => {
  const text = environment[name] ?? allowed[0]
  const found = allowed.find((word) => word === text)
  if (found === undefined)
    throw new ConfigError(`${name} is '${text}'; it must be ${allowed.join(', ').replace(/, (?=[^,]*$)/, ' or ')}`)
  return found
}
