import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Server {
  readonly url: string
  readonly process: ChildProcess
  /** Asks it to end, and waits until it has. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Compiled scripts by name. */
export const scripts = {
  counterfoil: fileURLToPath(new URL('../../src/main.js', import.meta.url)),
  hello: fileURLToPath(new URL('hello.js', import.meta.url)),
} as const

/** As `npm start` starts the ledger; the baseline gets the same. */
const NODE_ARGUMENTS = ['--max-semi-space-size=64']

/** Starts a server in a process of its own; resolves when it has printed its address. Its standard error is ours. */
export const startServer = async (script: string, env: Readonly<Record<string, string>> = {}): Promise<Server> => {
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const found = /https?:\/\/[\w.:[\]-]+/.exec(line)
      if (found) resolve(found[0])
    })
    void ended.then(() => reject(new Error(`${script} ended before it printed its address.`)))
  })
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    child.kill(signal)
    await ended
  }
  return { url, process: child, stop }
}
