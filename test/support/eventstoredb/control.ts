import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Double } from './double.js'
import type { AppendFault, Fault } from './faults.js'

const AIMED = ['drop', 'late', 'unavailable']
const PLAIN = ['freeze', 'thaw', 'drop-connections', 'drop-subscriptions', 'stall-subscriptions', 'clear']

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** A fault as it comes as JSON. Throws a sentence when it is none. */
export const decodeFault = (text: string): Fault => {
  const given: Record<string, unknown> = JSON.parse(text)
  const { kind, count, stream, milliseconds, version } = given
  const time = isNumber(milliseconds) ? { milliseconds } : {}
  if (typeof kind !== 'string') throw new Error('A fault has a kind; faults.ts lists them.')
  if (AIMED.includes(kind)) {
    if (kind === 'late' && !isNumber(milliseconds)) throw new Error('late needs milliseconds.')
    const aim = { ...(isNumber(count) ? { count } : {}), ...(typeof stream === 'string' ? { stream } : {}) }
    return { kind, ...time, ...aim } as AppendFault
  }
  if (PLAIN.includes(kind)) return { kind } as Fault
  if (kind === 'restart') return { kind, ...time }
  if (kind === 'clock' && isNumber(milliseconds)) return { kind, milliseconds }
  if (kind === 'version' && (version === '22.10' || version === '24.2')) return { kind, version }
  throw new Error(`${text} is no fault; faults.ts lists them.`)
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}

/** Takes `POST /fault`; answers 204 when it is in effect. */
export const controlServer = (double: Double): Server =>
  createServer((request, response) => {
    const act = async (): Promise<void> => double.fault(decodeFault(await bodyOf(request)))
    act().then(
      () => response.writeHead(204).end(),
      (error) => response.writeHead(400).end(`${String(error)}\n`),
    )
  })
