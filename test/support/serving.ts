import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { issueToken } from '../../src/cli/token.js'
import { type Config, readConfig } from '../../src/config.js'
import { type Server, startServer } from '../../src/server.js'
import { root } from './root.js'

type Settings = Readonly<Record<string, string>>

interface Test {
  teardown(act: () => unknown): void
}

/** A folder that goes with the test. */
export const folder = (t: Test): string => {
  const path = mkdtempSync(join(tmpdir(), 'counterfoil-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export const configOf = (data: string, settings: Settings = {}): Config =>
  readConfig({ COUNTERFOIL_DATA: data, COUNTERFOIL_PORT: '0', ...settings })

/** A token for an admin, good for an hour. */
export const adminToken = (config: Config, now = Date.now()): string => tokenFor(config, 'admin', ['admin'], now)

export const tokenFor = (config: Config, subject: string, roles: readonly string[] = [], now = Date.now()): string =>
  issueToken(config, {
    subject,
    roles,
    accounts: [],
    scope: '',
    issuedAt: Math.floor(now / 1000),
    seconds: 3600,
  })

export interface Reply {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export type Ask = (method: string, path: string, body?: unknown, headers?: Settings) => Promise<Reply>

/** Sends requests with a token. */
export const asking =
  (address: string, token: string): Ask =>
  async (method, path, body, headers = {}) => {
    const reply = await fetch(`${address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: reply.status, text: await reply.text(), headers: reply.headers }
  }

/** Asks until the answer is the wanted one. */
export const until = async (ask: () => Promise<Reply>, wanted: (reply: Reply) => boolean): Promise<Reply> => {
  for (let left = 500; ; left -= 1) {
    const reply = await ask()
    if (wanted(reply)) return reply
    if (left === 0) throw new Error(`still ${reply.status} ${reply.text}`)
    await wait(20)
  }
}

export const ready = (ask: Ask): Promise<Reply> =>
  until(
    () => ask('GET', '/ready'),
    ({ status }) => status === 200,
  )

/** A read with these headers shows at least what this write did. */
export const since = ({ headers }: Reply): Settings => ({
  'ledger-min-position': headers.get('ledger-position') ?? '',
})

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly pid: number
  /** Resolves with the address it prints. */
  readonly address: Promise<string>
  /** Text printed so far. */
  out(): string
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<Ended>
}

/** Runs one of our programs, `main` or `cli`, in a process of its own, in that folder. */
export const run = (
  program: 'main' | 'cli',
  cwd: string,
  args: readonly string[] = [],
  settings: Settings = {},
): Running => {
  // Without what the test runner loads into every process: it costs more than they do themselves.
  const child = spawn(
    '/usr/bin/env',
    ['-u', 'NODE_OPTIONS', process.execPath, join(root, 'dist', 'src', `${program}.js`), ...args],
    {
      cwd,
      env: { ...process.env, COUNTERFOIL_PORT: '0', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
  })
  const ended = once(child, 'close').then(([code]) => ({ code: typeof code === 'number' ? code : null, ...said }))
  const address = (async () => {
    for (;;) {
      const found = /listens on (\S+)/.exec(said.out)?.[1]
      if (found !== undefined) return found
      if (child.exitCode !== null) throw new Error(`it ended: ${said.err}`)
      await wait(10)
    }
  })()
  address.catch(() => undefined)
  return { pid: child.pid ?? 0, address, out: () => said.out, kill: (signal) => child.kill(signal), ended }
}

export interface Serving {
  readonly server: Pick<Server, 'address' | 'close'>
  readonly pid: number
  /** Kills it as the system would. */
  readonly kill: () => Promise<void>
  readonly config: Config
  /** As an admin. */
  readonly ask: Ask
  /** What an operator was told; known when the server is closed. */
  readonly said: () => Promise<string>
}

export interface How {
  readonly args?: readonly string[]
  readonly settings?: Settings
}

/** A server in a process of its own on this data folder; stopped with the test at the latest. */
export const serve = async (t: Test, data: string, { args = [], settings = {} }: How = {}): Promise<Serving> => {
  const config = configOf(data, settings)
  const running = run('main', root, args, { COUNTERFOIL_DATA: data, ...settings })
  const close = async (): Promise<void> => {
    running.kill('SIGTERM')
    await running.ended
  }
  t.teardown(close)
  const address = await running.address
  const said = async (): Promise<string> => (await running.ended).err
  const kill = async (): Promise<void> => {
    running.kill('SIGKILL')
    await running.ended
  }
  return { server: { address, close }, pid: running.pid, kill, config, ask: asking(address, adminToken(config)), said }
}

/** The same within this process, under another clock. */
export const serveAt = async (
  t: Test,
  data: string,
  clock: () => number,
  settings: Settings = {},
): Promise<Pick<Serving, 'server' | 'ask'>> => {
  const config = configOf(data, settings)
  const server = await startServer({ config, log: () => undefined, clock })
  t.teardown(() => server.close())
  return { server, ask: asking(server.address, adminToken(config, clock())) }
}
