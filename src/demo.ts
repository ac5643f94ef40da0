import type { CommandContext, CommandName, Inputs } from './commands/port.js'
import type { Config } from './config.js'
import { signToken } from './http/auth.js'
import type { Server } from './server.js'

const DAY = 24 * 3600

const actor = { subject: 'system:demo', admin: true, acts: () => true, may: () => true }

/** Fills an empty ledger with two accounts and a few movements, and says how to look at them. The movements have keys: twice is once. */
export const loadDemo = async (server: Server, config: Config): Promise<string> => {
  if (server.leaf === -1) await movements(server)
  return `
Demo accounts: alice (buys) and shop (sells). An admin's token, good for a day:

export TOKEN=${tokenFor(config)}

curl -s -H "Authorization: $TOKEN" ${server.address}/bill/alice/info
`
}

const tokenFor = ({ tokens }: Config): string => {
  if (tokens.key.startsWith('-----BEGIN')) return '<a token of your issuer: only its public key is known here>'
  const issuedAt = Math.floor(Date.now() / 1000)
  return signToken({
    secret: Buffer.from(tokens.key, 'utf8'),
    subject: 'admin',
    roles: ['admin'],
    issuedAt,
    expiresAt: issuedAt + DAY,
    ...(tokens.issuer !== undefined && { issuer: tokens.issuer }),
    ...(tokens.audience !== undefined && { audience: tokens.audience }),
  })
}

const movements = async ({ commands }: Server): Promise<void> => {
  let number = 0
  const run = async <Name extends CommandName>(name: Name, input: Inputs[Name]): Promise<string> => {
    number += 1
    const key = `demo-${number}`
    const context: CommandContext = {
      actor,
      correlationId: 'demo',
      idempotency: { key, fingerprint: key.padEnd(43, '0') },
    }
    const outcome = await commands.execute(name, input, context)
    if (outcome.kind !== 'done') throw new Error(`the demo could not ${name}: ${JSON.stringify(outcome)}`)
    return String(outcome.event.leaf)
  }
  await run('open', { owner: 'shop' })
  await run('recharge', { account: 'alice', amount: '1000', method: 'bank', reference: 'first deposit', opens: true })
  await run('trade', { buyer: 'alice', seller: 'shop', amount: '100', plan: '11' })
  const order = await run('trade', { buyer: 'alice', seller: 'shop', amount: '25.50', plan: '12' })
  await run('request-refund', { order, reason: 'ordered twice', again: false })
}
