import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { readCatalogueFile } from './cli/catalogue-file.js'
import type { CommandContext, CommandName, Inputs } from './commands/port.js'
import { Principal } from './http/principal.js'
import { decode } from './opening.js'
import type { Started } from './server.js'

const CATALOGUE = fileURLToPath(new URL('../../demo/catalogue.json', import.meta.url))

const actor = new Principal({
  subject: 'system:demo',
  roles: new Set(['admin']),
  accounts: new Set(),
  scopes: new Set(),
})

/** An earlier start has loaded it, up to what the greeting tells last: alice wants her money back. */
const isLoaded = async (log: Started['log']): Promise<boolean> => {
  const [wanted] = await log.readStream('account-bookshop', { direction: 'forwards', from: 1, max: 1 })
  return wanted !== undefined && decode(wanted).metadata.actor === actor.subject
}

/**
 * Fills an empty ledger with two accounts, a few movements and a catalogue, each once, however many processes begin at the same time; another ledger is left as it is.
 * `false`: it holds something else than the demo.
 */
export const loadDemo = async ({ commands, log, leaf }: Started): Promise<boolean> => {
  if (leaf !== -1) return isLoaded(log)
  let steps = 0
  const run = async <Name extends CommandName>(name: Name, input: Inputs[Name]): Promise<string> => {
    steps += 1
    const key = `demo-${steps}`
    const fingerprint = createHash('sha256').update(key).digest('base64url')
    const context: CommandContext = { actor, correlationId: 'demo', idempotency: { key, fingerprint } }
    const outcome = await commands.execute(name, input, context)
    /* c8 ignore next -- on an empty ledger none of these is refused; if a rule changes, the demo must not hide it */
    if (outcome.kind !== 'done') throw new Error(`the demo could not ${name}: ${JSON.stringify(outcome)}`)
    return String(outcome.event.leaf)
  }
  await run('open', { owner: 'bookshop' })
  await run('recharge', { account: 'alice', amount: '500', method: 'bank', reference: 'first deposit', opens: true })
  await run('trade', { buyer: 'alice', seller: 'bookshop', amount: '128.50', plan: 'atlas' })
  const order = await run('trade', { buyer: 'alice', seller: 'bookshop', amount: '25.50', plan: 'novel' })
  await run('request-refund', { order, reason: 'ordered twice', again: false })
  await Promise.all(readCatalogueFile(CATALOGUE).items.map(({ item }) => run('publish-item', { item })))
  return true
}

/** How to look at it. The token opens everything for twelve hours: this is for whoever sits before the demo. */
export const greeting = (address: string, token: string): string => `
A demo: alice has bought from bookshop twice, and wants her money back for one. To see what she has:

  TOKEN=${token}
  curl -s -H "Authorization: $TOKEN" ${address}/bill/alice/info

README.md walks on from here.
`

/** What is said instead where the ledger holds something else. */
export const NO_DEMO = `
The ledger is not empty and holds no whole demo, so none was loaded. \`counterfoil token\` issues a token for it.
`
