import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { DoubleOptions } from './double.js'
import type { Fault } from './faults.js'

/** The double in a process of its own, to be killed and frozen as a whole. */
export interface DoubleProcess {
  readonly connectionString: string
  readonly pid: number
  fault(fault: Fault): Promise<void>
  /** SIGSTOP: it answers nothing, not even pings, and a client's connections stay open. */
  freeze(): void
  thaw(): void
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** After `kill` or `stop`: the same port, the same folder. */
  start(): Promise<void>
  stop(): Promise<void>
}

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url))

interface Started {
  readonly child: ChildProcess
  readonly port: string
  readonly control: string
}

const launch = async ({ directory, version }: DoubleOptions, port: string, control: string): Promise<Started> => {
  const options = ['--data', directory, '--port', port, '--control', control, '--version', version ?? '24.2']
  // The channel tells it when we are gone, however that came: it leaves no server behind.
  const child = spawn(process.execPath, [MAIN, ...options], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  for await (const line of createInterface({ input: child.stdout ?? Readable.from([]) })) {
    const [, at = '', controlAt = ''] = line.split(' ')
    return { child, port: at, control: controlAt }
  }
  throw new Error('the double of EventStoreDB did not start')
}

export const spawnDouble = async (options: DoubleOptions): Promise<DoubleProcess> => {
  let running = await launch(options, String(options.port ?? 0), '0')
  const { port, control } = running
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const { child } = running
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  return {
    connectionString: `esdb://127.0.0.1:${port}?tls=false`,
    get pid() {
      return running.child.pid ?? 0
    },
    fault: async (fault) => {
      const answer = await fetch(`http://127.0.0.1:${control}/fault`, { method: 'POST', body: JSON.stringify(fault) })
      if (!answer.ok) throw new Error(await answer.text())
    },
    freeze: () => void running.child.kill('SIGSTOP'),
    thaw: () => void running.child.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    start: async () => {
      running = await launch(options, port, control)
    },
  }
}
