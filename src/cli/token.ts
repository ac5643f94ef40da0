import { parseArgs } from 'node:util'
import type { Config } from '../config.js'
import { reasonOf } from '../follower/batch.js'
import { signToken } from '../http/auth.js'
import { readName } from '../http/names.js'
import { roles } from '../http/principal.js'
import { type Tool, UsageError } from './tool.js'

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 24 * 3600 }

const seconds = (text: string): number => {
  const [, count, unit] = /^([1-9][0-9]{0,5})([smhd])$/.exec(text) ?? []
  const each = UNITS[unit ?? '']
  if (each === undefined) throw new UsageError(`--for ${text}: say for example 30m, 12h or 7d`)
  return Number(count) * each
}

const words = (text: string): readonly string[] => text.split(',').filter((word) => word !== '')

const names = (texts: readonly string[]): readonly string[] =>
  texts.map((text) => {
    const name = readName(text)
    if (name === null) throw new UsageError(`'${text}' is no account name`)
    return name
  })

export interface TokenWish {
  readonly subject: string
  readonly roles: readonly string[]
  readonly accounts: readonly string[]
  readonly scope: string
  readonly issuedAt: number
  readonly seconds: number
}

/** A token signed with the configured secret. Throws where only a public key is configured. */
export const issueToken = ({ tokens }: Config, wish: TokenWish): string => {
  if (tokens.key.startsWith('-----BEGIN')) {
    throw new UsageError('only a public key is configured; tokens come from whoever holds the private one')
  }
  return signToken({
    secret: Buffer.from(tokens.key, 'utf8'),
    subject: wish.subject,
    roles: wish.roles,
    accounts: wish.accounts,
    scope: wish.scope,
    issuedAt: wish.issuedAt,
    expiresAt: wish.issuedAt + wish.seconds,
    ...(tokens.issuer !== undefined && { issuer: tokens.issuer }),
    ...(tokens.audience !== undefined && { audience: tokens.audience }),
  })
}

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        roles: { type: 'string', default: '' },
        accounts: { type: 'string', default: '' },
        scope: { type: 'string', default: '' },
        for: { type: 'string', default: '12h' },
      },
    })
  } catch (error) {
    throw new UsageError(reasonOf(error))
  }
}

export const tokenCommand: Tool = {
  name: 'token',
  usage: 'token <subject> [--roles admin,…] [--accounts name,…] [--scope "recharge withdraw"] [--for 12h]',
  meaning: `Prints a token for a subject. Roles: ${roles.join(', ')}.`,
  run: async ({ args, config, clock, out }) => {
    const { values, positionals } = parse(args)
    const [subject, ...others] = names(positionals)
    if (subject === undefined || others.length > 0) throw new UsageError('name one subject: counterfoil token alice')
    const wanted = words(values.roles)
    const unknown = wanted.find((role) => !roles.some((known) => known === role))
    if (unknown !== undefined) throw new UsageError(`'${unknown}' is no role; there are ${roles.join(', ')}`)
    const issuedAt = Math.floor(clock() / 1000)
    const accounts = names(words(values.accounts))
    const wish = { subject, roles: wanted, accounts, scope: values.scope, issuedAt, seconds: seconds(values.for) }
    out(`${issueToken(config, wish)}\n`)
    return 0
  },
}
