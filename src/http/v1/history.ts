import { StoreDamaged } from '../../store/errors.js'
import type { Writable } from '../json.js'
import type { Parts } from '../parts.js'
import type { ReadRoute } from '../route.js'
import type { Entry } from '../rows.js'
import { page } from './page.js'
import { fullEventOf } from './reply.js'
import { byName, cursor, fields, shortLimit } from './schemas.js'

/** All that a page may have: each event is looked up in its own stream. */
const DEFAULT_LIMIT = '100'

interface Run {
  readonly stream: string
  readonly from: number
  readonly leaves: number[]
}

/** Neighbours that follow each other in one stream are read at once. */
const runsOf = (entries: readonly Entry[]): readonly Run[] => {
  const runs: Run[] = []
  for (const { stream, revision, leaf } of entries) {
    const last = runs.at(-1)
    if (last?.stream === stream && last.from + last.leaves.length === revision) last.leaves.push(leaf)
    else runs.push({ stream, from: revision, leaves: [leaf] })
  }
  return runs
}

const readRun = async ({ log, decode }: Parts, { stream, from, leaves }: Run): Promise<readonly Writable[]> => {
  const recorded = await log.readStream(stream, { direction: 'forwards', from, max: leaves.length })
  if (recorded.length < leaves.length)
    throw new StoreDamaged(`${stream} ends before revision ${from + leaves.length - 1}, which the views have`)
  return leaves.flatMap((leaf, index) =>
    recorded.slice(index, index + 1).map((one) => fullEventOf({ ...decode(one), leaf })),
  )
}

/** The events that touch an account, in log order: its own, and those of others that pay it. */
export const history: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/accounts/:name/history',
  params: byName,
  query: fields({}, { limit: shortLimit, cursor }),
  read: (call) => {
    const { limit = DEFAULT_LIMIT } = call.query.some('limit')
    const show = async (entries: readonly Entry[]) =>
      (await Promise.all(runsOf(entries).map((run) => readRun(call.parts, run)))).flat()
    return page(call, { name: 'history', direction: 'forwards', max: Number(limit), show })
  },
}
