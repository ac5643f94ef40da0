import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { seeded } from '../../bench/support/requests.js'
import { type Ask, Client, codeOf, type Reply } from './support/client.js'
import { inParallel } from './support/ledger.js'
import { Log } from './support/log.js'
import { type Result, timesOf, type Wish } from './support/result.js'
import { launch, tokenOf, until } from './support/server.js'

const HEAP_MB = 192
const ITEMS = 500
const REQUESTS_AT_ONCE = 24

const peakMb = (pid: number | undefined): number => {
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1024)
}

/**
 * A small heap, many accounts, the largest bulk requests, and for a part of the time views that cannot be written: 200 or 503,
 * and never out of memory. `times`: seconds.
 */
export const memory = async (wish: Wish): Promise<Result> => {
  const seconds = timesOf(wish, { short: 10, long: 60 })
  const accounts = wish.short ? 5_000 : 20_000
  const below = seeded(wish.seed)
  const data = mkdtempSync(join(tmpdir(), 'counterfoil-memory-'))
  const admin = tokenOf('operator', ['admin'])
  const violations: string[] = []
  const counts = { done: 0, refused: 0, unavailable: 0, requests: 0 }
  const server = launch({ data, env: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` } })
  let ended = false
  void server.ended.then(() => {
    ended = true
  })
  const client = new Client(await server.address)

  const judge = ({ status, text }: Reply, ask: Ask): boolean => {
    if (status === 200) return true
    // The server closes a connection that was idle just as the next request leaves: every client meets that.
    if (status === 0 && text.includes('an old connection') && !ended) return false
    if (status !== 503) violations.push(`${ask.path}: ${status} ${text.slice(0, 200)}`)
    counts.unavailable += 1
    return false
  }
  const recharge = async (name: string, amount: string): Promise<void> => {
    const ask: Ask = {
      method: 'PUT',
      path: `/bill/${name}/recharge`,
      token: admin,
      key: `in-${name}`,
      body: { trade_amount: amount },
    }
    for (let attempt = 0; attempt < 100 && !ended && !judge(await client.ask(ask), ask); attempt += 1) await sleep(100)
  }
  const names = Array.from({ length: accounts }, (_, index) => `a${index}`)
  await inParallel(names, 64, (name) => recharge(name, '100'))

  const end = performance.now() + seconds * 1000
  let number = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < end && !ended && violations.length < 20) {
      number += 1
      const prefix = `bulk-${number}`
      const items = Array.from({ length: ITEMS }, () => {
        const buyer = below(accounts)
        const seller = (buyer + 1 + below(accounts - 1)) % accounts
        return { buyer: `a${buyer}`, seller: `a${seller}`, amount: '0.01' }
      })
      const ask: Ask = { method: 'POST', path: '/v1/transfers/bulk', token: admin, key: prefix, body: { items } }
      const reply = await client.ask(ask)
      counts.requests += 1
      if (!judge(reply, ask)) continue
      const { results }: { results: readonly { status: number; error?: { code: string } }[] } = JSON.parse(reply.text)
      for (const { status, error } of results) {
        if (status === 201) counts.done += 1
        else if (status === 503) counts.refused += 1
        else violations.push(`an item of ${prefix}: ${status} ${JSON.stringify(error)}`)
      }
    }
  }
  /** Holds the write lock of the views for the middle half of the time, as a disk that does not answer would. */
  const obstruct = async (): Promise<void> => {
    await sleep(seconds * 250)
    const views = new Database(join(data, 'views.db'), { timeout: 30_000 })
    views.exec('BEGIN IMMEDIATE')
    await sleep(seconds * 500)
    views.exec('ROLLBACK')
    views.close()
  }
  await Promise.all([obstruct(), ...Array.from({ length: REQUESTS_AT_ONCE }, worker)])

  if (ended) violations.push(`the server died: ${server.said.slice(-5).join(' | ')}`)
  const peak = ended ? 0 : peakMb(server.process.pid)
  const ready = async (): Promise<Reply | null> => {
    const reply = await client.ask({ method: 'GET', path: '/ready', token: admin })
    return reply.status === 200 ? reply : null
  }
  if (!ended) {
    await until(60_000, 'the views catch up', ready).catch(async (error: unknown) => {
      const { text } = await client.ask({ method: 'GET', path: '/ready', token: admin })
      violations.push(`${error}: ${text}, ${codeOf({ text })}`)
    })
  }
  client.close()
  await server.stop('SIGTERM')
  const log = new Log(join(data, 'events.db'))
  log.read()
  const stored = [...log.byKey.keys()].filter((key) => key.startsWith('bulk-')).length
  if (stored < counts.done) violations.push(`${counts.done} items were acknowledged, ${stored} are stored`)
  violations.push(...log.found())
  rmSync(data, { recursive: true })
  const figures = `heap ${HEAP_MB} MB, ${accounts} accounts, ${counts.requests} bulk requests of ${ITEMS} in ${seconds} s: ${counts.done} items done, ${counts.refused + counts.unavailable} times 503, peak RSS ${peak} MB`
  return { figures, violations }
}
