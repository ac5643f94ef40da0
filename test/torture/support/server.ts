import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { signToken } from '../../../src/http/auth.js'

const TOKEN_KEY = 'a key for tokens of the torture, long enough'
const SECRET = 'a secret for ids of the torture, long enough.'

export const environment = (data: string): Record<string, string> => ({
  COUNTERFOIL_DATA: data,
  COUNTERFOIL_PORT: '0',
  COUNTERFOIL_TOKEN_KEY: TOKEN_KEY,
  COUNTERFOIL_SECRET: SECRET,
  COUNTERFOIL_SECRETS_KEY: 's'.repeat(32),
  COUNTERFOIL_CURRENCY: 'EUR',
  COUNTERFOIL_HOLD_SECONDS: '3',
})

/** A token good for a day. */
export const tokenOf = (subject: string, roles: readonly string[] = []): string => {
  const issuedAt = Math.floor(Date.now() / 1000)
  const secret = Buffer.from(TOKEN_KEY, 'utf8')
  return signToken({ secret, subject, roles, accounts: [], scope: '', issuedAt, expiresAt: issuedAt + 86_400 })
}

export interface Running {
  readonly process: ChildProcess
  /** Rejects when the process ends before it listens. */
  readonly address: Promise<string>
  /** What it said on standard error, but for what every start says where no gateway is configured. */
  readonly said: readonly string[]
  /** Resolves to its exit code, `null` after a signal. */
  readonly ended: Promise<number | null>
  stop(signal: NodeJS.Signals): Promise<number | null>
}

export interface Launch {
  readonly data: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Put before the command: `strace …`. */
  readonly under?: readonly string[]
}

const MAIN = fileURLToPath(new URL('../../../src/main.js', import.meta.url))
export const CLI = fileURLToPath(new URL('../../../src/cli.js', import.meta.url))

/** Starts the real server in a process of its own. */
export const launch = ({ data, args: own = [], env = {}, under = [] }: Launch): Running => {
  const [command = '', ...args] = [...under, process.execPath, MAIN, ...own]
  const child = spawn(command, args, {
    env: { ...process.env, ...environment(data), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A program that breaks off leaves no server behind.
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  const said: string[] = []
  createInterface(child.stderr).on('line', (line) => {
    if (!line.startsWith('NO CARD IS REALLY CHARGED')) said.push(line)
  })
  const ended = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null))
  const address = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const found = /https?:\/\/[\w.:[\]-]+/.exec(line)
      if (found) resolve(found[0])
    })
    void ended.then((code) => reject(new Error(`the server ended (${code}) before it listened: ${said.join('\n')}`)))
  })
  address.catch(() => undefined)
  const stop = (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    return ended
  }
  return { process: child, address, said, ended, stop }
}

/** Asks again until there is an answer. Throws, with the last look, when the time is over. */
export const until = async <Value>(
  milliseconds: number,
  what: string,
  look: () => Promise<Value | null>,
): Promise<Value> => {
  const end = performance.now() + milliseconds
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`)
    await sleep(50)
  }
}
