import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { createFolder } from '../config.js'
import { reasonOf } from '../follower/batch.js'
import { type EventsLocation, eventsLocation, shown } from '../locations.js'
import { type CopyOptions, type CopyResult, copyLog } from '../reports/copy.js'
import type { EventStore } from '../store/port.js'
import { openEventStore } from '../stores.js'
import { type ProgressBar, progressBar } from './progress.js'
import { type Terminal, type Tool, UsageError } from './tool.js'

class CopyInterrupted extends Error {
  readonly code = 'copy_interrupted'
}

interface Ends {
  readonly from: EventsLocation
  readonly to: EventsLocation
}

const parse = ({ args, config }: Terminal): Ends => {
  const { from, to } = textsOf(args)
  const ends = {
    from: eventsLocation('--from', from, config.prefix),
    to: eventsLocation('--to', to, config.prefix),
  }
  if (isDeepStrictEqual(ends.from, ends.to)) throw new UsageError('--from and --to name one store')
  if (ends.from.kind === 'sqlite' && !existsSync(ends.from.path)) {
    throw new UsageError(`there is no event store at ${ends.from.path}`)
  }
  return ends
}

const textsOf = (args: readonly string[]): { readonly from: string; readonly to: string } => {
  const { from, to } = optionsOf(args)
  if (from !== undefined && to !== undefined) return { from, to }
  throw new UsageError('say where from and where to: counterfoil copy --from sqlite:data/events.db --to <location>')
}

const optionsOf = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: { from: { type: 'string' }, to: { type: 'string' } } }).values
  } catch (error) {
    throw new UsageError(reasonOf(error))
  }
}

type Opening = Parameters<typeof openEventStore>[1]

const open = async (location: EventsLocation, options: Opening): Promise<EventStore> => {
  if (location.kind === 'sqlite') createFolder(dirname(location.path))
  return openEventStore(location, options)
}

/** The source is opened for writing too: of a file this takes the lock, so no server writes to it, and finds a log that was cut off. */
const withStores = async <Result>(
  { from, to }: Ends,
  options: Opening,
  work: (stores: Pick<CopyOptions, 'from' | 'to'>) => Promise<Result>,
): Promise<Result> => {
  const source = await open(from, options)
  try {
    const target = await open(to, options)
    try {
      return await work({ from: source, to: target })
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** Events between two looks at the bar. */
const SHOWN_EVERY = 500

/** A bar for each step. */
const progressOf = (terminal: Terminal): Pick<CopyOptions, 'progress'> & { readonly end: () => void } => {
  const bars = {
    copy: progressBar(terminal, { doing: 'copied ' }),
    compare: progressBar(terminal, { doing: 'compared ' }),
  }
  let current: ProgressBar | null = null
  const progress: CopyOptions['progress'] = (step, done, total) => {
    if (current !== bars[step]) current?.end()
    current = bars[step]
    if (done % SHOWN_EVERY === 0 || done === total) current.show(done, total)
  }
  return { progress, end: () => current?.end() }
}

/** Ends with the first SIGINT or SIGTERM; a second one ends the process. */
const untilSignalled = (): AbortSignal => {
  const ending = new AbortController()
  const stop = (): void =>
    ending.abort(new CopyInterrupted('the copy was broken off; the same command goes on with it'))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  return ending.signal
}

const copy = async (ends: Ends, terminal: Terminal): Promise<CopyResult> => {
  const { config, note } = terminal
  const signal = untilSignalled()
  const log = (message: string): void => note(`${message}\n`)
  const options = { acceptLog: config.acceptLog, committed: null, log, clock: Date.now, signal }
  return withStores(ends, options, async (stores) => {
    if (stores.from.epoch === stores.to.epoch) {
      throw new UsageError('--from and --to lead to one store, or to a store and a copy of its file')
    }
    const { progress, end } = progressOf(terminal)
    try {
      return await copyLog({ ...stores, wait, progress, signal })
    } finally {
      end()
    }
  })
}

export const copyCommand: Tool = {
  name: 'copy',
  usage: 'copy --from <location> --to <location>',
  meaning:
    'Copies the log of a stopped ledger to another store, event by event, and compares the two. Locations are those of COUNTERFOIL_EVENTS.',
  run: async (terminal) => {
    const ends = parse(terminal)
    const { events, copied } = await copy(ends, terminal)
    if (events === 0) throw new UsageError(`${shown(ends.from)} holds no events of this ledger`)
    terminal.out(
      `${shown(ends.to)} holds all ${events} events of ${shown(ends.from)}: ${copied} copied, ${events - copied} there before.\n`,
    )
    return 0
  },
}
