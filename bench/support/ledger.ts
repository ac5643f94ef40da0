import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signToken } from '../../src/http/auth.js'
import { type Server, scripts, startServer } from './server.js'

const SECRET = 'a secret for benchmarks, of more than 32 bytes'
const DAY = 24 * 3600
const AT_ONCE = 64

/** A ledger of its own, with funded accounts. */
export interface BenchLedger extends Server {
  readonly directory: string
  readonly buyers: readonly { readonly name: string; readonly token: string }[]
  readonly admin: string
  /** Stops it and removes its files. */
  remove(): Promise<void>
}

export const token = (subject: string, roles: readonly string[] = []): string => {
  const issuedAt = Math.floor(Date.now() / 1000)
  return signToken({ secret: Buffer.from(SECRET), subject, roles, issuedAt, expiresAt: issuedAt + DAY })
}

/** Starts the server on a folder, kept from before or new. */
export const startOn = (directory: string, env: Readonly<Record<string, string>> = {}): Promise<Server> =>
  startServer(scripts.counterfoil, {
    COUNTERFOIL_DATA: directory,
    COUNTERFOIL_PORT: '0',
    COUNTERFOIL_TOKEN_KEY: SECRET,
    COUNTERFOIL_SECRET: SECRET,
    COUNTERFOIL_SECRETS_KEY: 's'.repeat(32),
    ...env,
  })

/** Rejects where a request is not answered with 2xx. */
export const put = async (url: string, admin: string, body: unknown): Promise<void> => {
  const headers = { authorization: admin, 'content-type': 'application/json' }
  const reply = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) })
  if (!reply.ok) throw new Error(`${url}: ${reply.status} ${await reply.text()}`)
  await reply.arrayBuffer()
}

export const startLedger = async (
  accounts: number,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchLedger> => {
  const directory = mkdtempSync(join(process.env.COUNTERFOIL_BENCH ?? tmpdir(), 'counterfoil-bench-'))
  const server = await startOn(directory, env)
  const admin = token('admin', ['admin'])
  const names = Array.from({ length: accounts }, (_, index) => `a${index}`)
  let next = 0
  const fund = async (): Promise<void> => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      await put(`${server.url}/bill/${name}/recharge`, admin, { trade_amount: '1000000' })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, fund))
  return {
    ...server,
    directory,
    admin,
    buyers: names.map((name) => ({ name, token: token(name) })),
    remove: async () => {
      await server.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
