import { setTimeout as sleep } from 'node:timers/promises'
import { catalogue, upcasts } from '../../../events/catalogue.js'
import { catchUp } from '../../../src/follower/catch-up.js'
import type { AnyProjection } from '../../../src/follower/projection.js'
import { openRunner, specOf } from '../../../src/follower/runner.js'
import { projections } from '../../../src/projections/projections.js'
import { createDecoder } from '../../../src/store/decode.js'
import type { EventLog } from '../../../src/store/port.js'
import { createMemoryViewStore } from '../../../src/views/memory.js'
import type { ViewBuild, ViewStore } from '../../../src/views/port.js'

const decode = createDecoder(catalogue, upcasts)
const { signal } = new AbortController()

interface Contents {
  readonly documents: ReadonlyMap<string, string>
  readonly rows: ReadonlyMap<string, string>
}

interface Compared {
  readonly compared: number
  readonly violations: readonly string[]
}

/** Compares every document and row of the live builds, byte for byte, with a fold of the log in memory. */
export const compareWithFold = async (log: EventLog, views: ViewStore): Promise<Compared> => {
  const all: Compared[] = []
  for (const projection of projections) all.push(await compareOne(projection, log, views))
  return {
    compared: all.reduce((sum, { compared }) => sum + compared, 0),
    violations: all.flatMap(({ violations }, n) => violations.map((found) => `${projections[n]?.name}: ${found}`)),
  }
}

const compareOne = async (projection: AnyProjection, log: EventLog, views: ViewStore): Promise<Compared> => {
  const spec = specOf(projection)
  const fresh = await createMemoryViewStore().createBuild(spec)
  const runner = await openRunner({ projection, build: fresh, log, sleep: (milliseconds) => sleep(milliseconds) })
  await catchUp({ log, decode, consumer: runner, signal })
  const live = await views.liveBuild(projection.name)
  if (live === null) return { compared: 0, violations: ['no build is live'] }
  const build = await views.openBuild(spec, live)
  const leaf = (await build.checkpoint())?.leaf ?? -1
  const behind = leaf === runner.leaf ? [] : [`the live build stands at ${leaf}, the log at ${runner.leaf}`]
  const [found, wanted] = [await contents(build), await contents(fresh)]
  return {
    compared: wanted.documents.size + wanted.rows.size,
    violations: [
      ...behind,
      ...differences('document', found.documents, wanted.documents),
      ...differences('row', found.rows, wanted.rows),
    ],
  }
}

const contents = async (build: ViewBuild): Promise<Contents> => {
  const [documents, rows] = [new Map<string, string>(), new Map<string, string>()]
  for await (const document of build.allDocuments()) documents.set(document.key, JSON.stringify(document))
  for await (const row of build.allRows()) rows.set(`${row.key} ${row.leaf}`, JSON.stringify(row))
  return { documents, rows }
}

const differences = (
  what: string,
  found: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): readonly string[] =>
  [...new Set([...found.keys(), ...wanted.keys()])]
    .filter((key) => found.get(key) !== wanted.get(key))
    .map((key) => `the ${what} ${key} is ${found.get(key)} instead of ${wanted.get(key)}`)
