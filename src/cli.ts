#!/usr/bin/env node
import { catalogueCommand } from './cli/catalogue.js'
import { checkoutsCommand } from './cli/checkouts.js'
import { copyCommand } from './cli/copy.js'
import { couponsCommand } from './cli/coupons.js'
import { rebuildCommand } from './cli/rebuild.js'
import { renewCommand } from './cli/renew.js'
import { secretsCommand } from './cli/secrets.js'
import { tokenCommand } from './cli/token.js'
import { explain, type Tool, UsageError } from './cli/tool.js'
import { trialBalanceCommand } from './cli/trial-balance.js'
import { readConfig } from './config.js'

const commands: readonly Tool[] = [
  tokenCommand,
  catalogueCommand,
  couponsCommand,
  renewCommand,
  checkoutsCommand,
  rebuildCommand,
  trialBalanceCommand,
  copyCommand,
  secretsCommand,
]

const help = (): string =>
  [
    'counterfoil: an event-sourced account ledger',
    '',
    ...commands.map(({ usage, meaning }) => `  counterfoil ${usage}\n      ${meaning}`),
    '',
    'Settings come from the environment (README.md, Configuration).',
    '',
  ].join('\n')

const run = async (args: readonly string[]): Promise<number> => {
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(help())
    return 0
  }
  const command = commands.find((known) => known.name === name)
  if (command === undefined) throw new UsageError(`there is no command '${name}'; counterfoil --help lists them`)
  return command.run({
    args: rest,
    config: readConfig(process.env),
    clock: Date.now,
    out: (text) => process.stdout.write(text),
    note: (text) => process.stderr.write(text),
    live: process.stderr.isTTY === true,
  })
}

run(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`${explain(error)}\n`)
    process.exitCode = error instanceof UsageError ? 2 : 1
  },
)
