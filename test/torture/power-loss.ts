import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seeded } from '../../bench/support/requests.js'
import { StoreDamaged } from '../../src/store/errors.js'
import type { EventStore, RecordedEvent } from '../../src/store/port.js'
import { openSqliteEventStore } from '../../src/store/sqlite.js'
import { Disk, type Loss } from './support/disk.js'
import { CALLS, type Moment, readRecording, STRACE } from './support/recording.js'
import { type Result, timesOf, type Wish } from './support/result.js'
import { eventFor } from './support/store-events.js'

const LOSSES: readonly Loss[] = ['all lost', 'torn', 'torn', 'none lost']
/** So many calls, about, until the first append. */
const MAKING = 250
const WRITER = fileURLToPath(new URL('support/store-writer.js', import.meta.url))

interface Acknowledged {
  readonly stream: string
  readonly revision: number
  readonly count: number
}

/**
 * Records what a run of the store writes and syncs, rebuilds what a power cut at random moments may leave of it, opens that, and looks for
 * all that was acknowledged before. The same again with the syncs of the WAL taken out must find losses, or the test is blind. `times`: states.
 */
export const powerLoss = async (wish: Wish): Promise<Result> => {
  if (spawnSync('strace', ['-V']).status !== 0) return { figures: 'left out: strace is not installed', violations: [] }
  const states = timesOf(wish, { short: 40, long: 1_500 })
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-power-'))
  try {
    const recorded = await record(folder, wish)
    if (typeof recorded === 'string') return { figures: 'not recorded', violations: [recorded] }
    const real = await cut(recorded, folder, { seed: wish.seed, states, ignored: () => false })
    const weak = (path: string): boolean => path.endsWith('-wal')
    const blind = await cut(recorded, folder, { seed: wish.seed, states: Math.min(states, 40), ignored: weak })
    const violations = [...real.problems]
    if (blind.lost === 0)
      violations.push('without the syncs of the WAL nothing was lost either: this test sees nothing')
    return {
      figures: `${recorded.length / 2} calls recorded, ${real.states} states, ${real.acknowledged} acknowledged appends looked for: lost ${real.lost}; control without WAL syncs: ${blind.states} states, lost ${blind.lost} in ${blind.damaged} of them, ${blind.named} named at the start`,
      violations,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const record = async (folder: string, { seed, short }: Wish): Promise<readonly Moment[] | string> => {
  const data = join(folder, 'data')
  const file = join(folder, 'recording')
  mkdirSync(data)
  const command = [process.execPath, WRITER, join(data, 'events.db'), String(seed), short ? '1' : '6']
  const [strace, ...args] = [...STRACE, '-e', CALLS, '-o', file, ...command]
  const done = spawnSync(strace, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  if (done.status !== 0) return `the run to record ended with ${done.status}: ${done.stderr}`
  const moments: Moment[] = []
  for await (const moment of readRecording(file, data)) moments.push(moment)
  rmSync(file)
  return moments
}

interface Cuts {
  readonly seed: number
  readonly states: number
  readonly ignored: (path: string) => boolean
}

const cut = async (moments: readonly Moment[], folder: string, { seed, states, ignored }: Cuts) => {
  const below = seeded(seed)
  const disk = new Disk(ignored)
  const acknowledged: Acknowledged[] = []
  // A fifth of them while the store is being made.
  const within = (_: unknown, index: number): number => below(index % 5 === 0 ? MAKING : moments.length)
  const cuts = Array.from({ length: states }, within).sort((a, b) => a - b)
  const counts = { states: 0, acknowledged: 0, lost: 0, damaged: 0, named: 0 }
  const problems: string[] = []
  for (const [index, { kind, call }] of moments.entries()) {
    if (kind === 'begin') disk.begin(call)
    else disk.end(call)
    if (call.path === '' && kind === 'end') {
      const [, stream = '', revision, count] = /^ack (\S+) (\d+) (\d+)/.exec(call.bytes.toString()) ?? []
      if (count !== undefined) acknowledged.push({ stream, revision: Number(revision), count: Number(count) })
    }
    for (; cuts[0] === index; cuts.shift()) {
      const loss = LOSSES[counts.states % LOSSES.length] ?? 'torn'
      const found = await reopen(disk.crash(loss, below), join(folder, 'state'), acknowledged)
      counts.states += 1
      counts.acknowledged += acknowledged.length
      counts.lost += found.lost
      counts.named += found.named ? 1 : 0
      counts.damaged += found.problems.length > 0 ? 1 : 0
      problems.push(...found.problems.map((text) => `cut at call ${index} of ${moments.length}, ${loss}: ${text}`))
    }
  }
  return { ...counts, problems }
}

interface Reopened {
  readonly lost: number
  /** The store itself said that something is gone. */
  readonly named: boolean
  readonly problems: readonly string[]
}

const reopen = async (
  files: ReadonlyMap<string, Buffer>,
  folder: string,
  acknowledged: readonly Acknowledged[],
): Promise<Reopened> => {
  mkdirSync(folder)
  for (const [path, bytes] of files) writeFileSync(join(folder, basename(path)), bytes)
  const problems: string[] = []
  let named = false
  try {
    const options = { path: join(folder, 'events.db'), log: (text: string) => problems.push(text) }
    const store = await openSqliteEventStore(options).catch((error: unknown) => {
      if (!(error instanceof StoreDamaged)) throw error
      named = true
      problems.push(error.message)
      return openSqliteEventStore({ ...options, acceptLog: true })
    })
    const lost = await look(store, acknowledged, problems)
    await store.append('account-after', -1, [eventFor('account-after', 0, 1)])
    await store.close()
    return { lost, named, problems }
  } catch (error) {
    return { lost: acknowledged.length, named, problems: [...problems, `it cannot be opened: ${error}`] }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** How many acknowledged appends are not there; what else is wrong goes to `problems`. */
const look = async (store: EventStore, acknowledged: readonly Acknowledged[], problems: string[]): Promise<number> => {
  const streams = new Map<string, RecordedEvent[]>()
  for (let after: number | null = null; ; ) {
    const page: readonly RecordedEvent[] = await store.readLog({ after, max: 1000 })
    for (const event of page) {
      const known = streams.get(event.stream) ?? []
      streams.set(event.stream, known)
      known.push(event)
      if (event.revision !== known.length - 1) problems.push(`${event.stream} has a gap before ${event.revision}`)
      const { id, data } = eventFor(event.stream, event.revision, 1)
      if (event.id !== id || event.data !== data) problems.push(`${event.stream} ${event.revision} is another event`)
    }
    after = page.at(-1)?.position ?? after
    if (page.length < 1000) break
  }
  for (const [stream, events] of streams) {
    for (let at = 0; at < events.length; ) {
      at += Number(JSON.parse(events[at]?.metadata ?? '{}').count)
      if (at > events.length) problems.push(`${stream} ends within an append`)
    }
  }
  const there = ({ stream, revision, count }: Acknowledged) => (streams.get(stream)?.length ?? 0) >= revision + count
  const lost = acknowledged.filter((one) => !there(one))
  if (lost[0] !== undefined)
    problems.push(`${lost.length} acknowledged appends are lost, first ${JSON.stringify(lost[0])}`)
  return lost.length
}
