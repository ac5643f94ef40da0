import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Latency } from './measure.js'
import type { Workload } from './requests.js'

export interface LoadOptions {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly workload: Workload
  readonly connections: number
  /** Not measured, but part of `statuses`. */
  readonly warmupSeconds: number
  readonly seconds: number
  /** Requests per second, whatever the server does (open loop); left out: each connection asks again when it is answered. */
  readonly rate?: number
  /** A file that gets the key of every 2xx reply, one per line. */
  readonly acknowledged?: string
}

export interface LoadResult {
  /** Replies with 2xx within the measured seconds, per second. */
  readonly perSecond: number
  /** All replies from first to last, by status; 0: broken connections. */
  readonly statuses: Readonly<Record<string, number>>
  /** Of the requests of the measured seconds. Open loop: from the moment one was due, not from when it could be sent. */
  readonly latency: Latency
  /** Open loop: requests that were due and could not be sent before the end. */
  readonly unsent: number
  /** CPU of the load generator per request, in microseconds. */
  readonly cpuMicros: number
}

/** Puts load on a server from a process of its own. */
export const load = async (options: LoadOptions): Promise<LoadResult> => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('load-process.js', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(options))
  const output = await text(child.stdout)
  if (output === '') throw new Error('The load generator failed; it says above why.')
  return JSON.parse(output) as LoadResult
}
