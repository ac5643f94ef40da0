import type { Test } from 'tap'
import type { LedgerEvent } from '../../events/envelope.js'
import { Cache } from '../../src/follower/cache.js'
import { encodeDocuments, encodeRows, fold, type Held, load } from '../../src/follower/fold.js'
import { specOf } from '../../src/follower/runner.js'
import { ledger } from '../../src/projections/ledger.js'
import type { ViewBatch, ViewBuild, ViewCheckpoint, ViewStore } from '../../src/views/port.js'
import { fc } from '../support/fast-check.js'
import { bodies } from './bodies.js'
import { scripts } from './events.js'
import { leases } from './leases.js'

export const seed = Number.parseInt(process.env.COUNTERFOIL_SEED ?? '', 10) || Date.now() % 2 ** 31
export const runs = Number.parseInt(process.env.COUNTERFOIL_RUNS ?? '', 10) || 200

/** Makes an empty store; `reopen` gives another hold on the same content where the adapter can. */
export type MakeViewStore = (t: Test) => Promise<ViewStore>

const spec = { ...specOf(ledger), indexes: [{ name: 'kind', fields: ['kind'] }] }
const checkpointAt = (leaf: number): ViewCheckpoint => ({
  epoch: 'e',
  position: leaf,
  id: `id-${leaf}`,
  leaf,
  context: {},
})

/** A batch as the single writes it consists of, in their order. */
export const singleWrites = ({ rows, documents, checkpoint }: ViewBatch): readonly ViewBatch[] => [
  ...rows.map((row) => ({ rows: [row], documents: [] })),
  ...documents.map((document) => ({ rows: [], documents: [document] })),
  ...(checkpoint === undefined ? [] : [{ rows: [], documents: [], checkpoint }]),
]

export const contents = async (build: ViewBuild): Promise<string> => {
  const lines: string[] = []
  for await (const document of build.allDocuments()) lines.push(JSON.stringify(document))
  for await (const row of build.allRows()) lines.push(JSON.stringify(row))
  return lines.join('\n')
}

/** A projector without a follower: takes bites of the log from its checkpoint on, as a fresh process would. */
const fresh = async (build: ViewBuild, events: readonly LedgerEvent[], bite: number): Promise<ViewBatch | null> => {
  const from = ((await build.checkpoint())?.leaf ?? -1) + 1
  const part = events.slice(from, from + bite)
  const last = part.at(-1)
  if (last === undefined) return null
  const sources = { build, documents: new Cache<Held>(100), row: () => undefined }
  const { rows, documents } = fold(ledger, await load(ledger, sources, part), {})
  return {
    rows: encodeRows(ledger, rows),
    documents: encodeDocuments(ledger, documents),
    checkpoint: checkpointAt(last.leaf),
  }
}

const foldWhole = async (build: ViewBuild, events: readonly LedgerEvent[]): Promise<void> => {
  for (;;) {
    const batch = await fresh(build, events, events.length)
    if (batch === null) return
    await build.commit(batch)
  }
}

/** Two projectors that load, write one by one and die in any order. `turns`: who is next, how much it bites, and whether it dies instead. */
const converge = async (
  build: ViewBuild,
  events: readonly LedgerEvent[],
  turns: readonly { readonly who: number; readonly bite: number; readonly dies: boolean }[],
): Promise<void> => {
  const pending: ViewBatch[][] = [[], []]
  for (const { who, bite, dies } of turns) {
    const mine = pending[who] ?? []
    if (dies) pending[who] = []
    else if (mine.length === 0) {
      const batch = await fresh(build, events, bite)
      pending[who] = batch === null ? [] : [...singleWrites(batch)]
    } else {
      const next = mine.shift()
      if (next !== undefined) await build.commit(next)
    }
  }
  for (const rest of pending) for (const next of rest) await build.commit(next)
  await foldWhole(build, events)
}

/** Every adapter of the view-store port passes this. */
export const viewStoreContract = (t: Test, make: MakeViewStore): void => {
  guards(t, make)
  buildsAndPointer(t, make)
  reading(t, make)
  exactness(t, make)
  leases(t, make)
  convergence(t, make)
}

const body = (n: number) => ({ text: 'x', n })

const guards = (t: Test, make: MakeViewStore): void => {
  t.test('a write applies only over a missing or an older one, row by row and document by document', async (t) => {
    const store = await make(t)
    const build = await store.createBuild(spec)
    const write = (at: number, leaf: number) =>
      build.commit({
        rows: [{ key: 'a', leaf: 1, at, body: body(at) }],
        documents: [{ key: 'a', at, body: body(at) }],
        checkpoint: checkpointAt(leaf),
      })
    await write(5, 5)
    await write(4, 4)
    t.same(await build.documents(['a', 'b']), [{ key: 'a', at: 5, body: body(5) }])
    t.same(
      await build.rows([
        { key: 'a', leaf: 1 },
        { key: 'a', leaf: 2 },
      ]),
      [{ key: 'a', leaf: 1, at: 5, body: body(5) }],
    )
    t.same(await build.checkpoint(), checkpointAt(5))
    await write(6, 6)
    t.same(await build.documents(['a']), [{ key: 'a', at: 6, body: body(6) }])
    t.same(await build.checkpoint(), checkpointAt(6))
    await build.commit({ rows: [], documents: [{ key: 'b', at: 7, body: body(7) }] })
    t.same(await build.checkpoint(), checkpointAt(6), 'a batch without a checkpoint leaves it')
  })
}

const buildsAndPointer = (t: Test, make: MakeViewStore): void => {
  t.test('builds stand beside each other, and one of them is live', async (t) => {
    const store = await make(t)
    t.equal(await store.liveBuild('ledger'), null)
    t.equal(await store.reader.checkpoint('ledger'), null)
    const first = await store.createBuild(spec)
    const second = await store.createBuild(spec)
    const next = await store.createBuild({ ...spec, version: spec.version + 1 })
    const { version } = spec
    t.same([first.name, second.name, next.name], [`${version}.1`, `${version}.2`, `${version + 1}.1`])
    await first.commit({ rows: [], documents: [{ key: 'a', at: 1, body: body(1) }], checkpoint: checkpointAt(1) })
    await second.commit({ rows: [], documents: [{ key: 'a', at: 2, body: body(2) }] })
    t.equal(await store.reader.document('ledger', 'a'), null, 'nothing is live yet')
    await store.makeLive('ledger', first.name)
    t.same(await store.reader.document('ledger', 'a'), { key: 'a', at: 1, body: body(1) })
    t.same(await store.reader.checkpoint('ledger'), checkpointAt(1))
    await store.makeLive('ledger', second.name)
    t.same(await store.reader.document('ledger', 'a'), { key: 'a', at: 2, body: body(2) })
    await t.rejects(store.dropBuild(spec, second.name), { code: 'build_is_live' })
    await store.dropBuild(spec, first.name)
    await store.dropBuild(spec, '9.9')
    t.same(await store.builds('ledger'), [second.name, next.name])
    t.same(await (await store.openBuild(spec, second.name)).documents(['a']), [{ key: 'a', at: 2, body: body(2) }])
    t.equal((await store.createBuild(spec)).name, `${version}.3`)
    await store.makeLive('ledger', next.name)
    t.equal(await store.reader.document('ledger', 'a'), null)
  })
}

const reading = (t: Test, make: MakeViewStore): void => {
  t.test('rows are read by key and number, both ways, within bounds', async (t) => {
    const store = await make(t)
    t.same(await store.reader.rows('ledger', { key: 'a', direction: 'forwards', max: 9 }), [])
    t.equal(await store.reader.row('ledger', { key: 'a', leaf: 1 }), null)
    const build = await store.createBuild(spec)
    const rows = ['a', 'b'].flatMap((key) => [1, 2, 3, 4].map((leaf) => ({ key, leaf, at: leaf, body: body(leaf) })))
    await build.commit({ rows, documents: [] })
    await build.finish()
    await build.finish()
    await store.makeLive('ledger', build.name)
    const leaves = async (query: object, direction: 'forwards' | 'backwards', max = 9) =>
      (await store.reader.rows('ledger', { key: 'a', ...query, direction, max })).map(({ leaf }) => leaf)
    t.same(await leaves({}, 'forwards'), [1, 2, 3, 4])
    t.same(await leaves({}, 'backwards', 2), [4, 3])
    t.same(await leaves({ from: 2, to: 3 }, 'backwards'), [3, 2])
    t.same(await leaves({ to: 3 }, 'forwards', 2), [1, 2])
    t.same(await store.reader.row('ledger', { key: 'b', leaf: 2 }), { key: 'b', leaf: 2, at: 2, body: body(2) })
    t.equal(await store.reader.row('ledger', { key: 'b', leaf: 9 }), null)
  })

  t.test('a projection without rows has none', async (t) => {
    const store = await make(t)
    const build = await store.createBuild({ ...spec, rows: null })
    await build.finish()
    await store.makeLive('ledger', build.name)
    t.same(await build.rows([{ key: 'a', leaf: 1 }]), [])
    t.equal(await contents(build), '')
    t.equal(await store.reader.row('ledger', { key: 'a', leaf: 1 }), null)
    t.same(await store.reader.rows('ledger', { key: 'a', direction: 'forwards', max: 1 }), [])
    await store.makeLive('ledger', (await store.createBuild(spec)).name)
    await store.dropBuild({ ...spec, rows: null }, build.name)
  })

  t.test('all documents and rows come in the order of their keys, beyond one page', async (t) => {
    const store = await make(t)
    const build = await store.createBuild(spec)
    const keys = Array.from({ length: 2100 }, (_, i) => `k${(i * 7919) % 2100}`)
    await build.commit({
      rows: keys.map((key, i) => ({ key, leaf: i % 3, at: i, body: body(i) })),
      documents: keys.map((key, i) => ({ key, at: i, body: body(i) })),
    })
    const documents: string[] = []
    for await (const { key } of build.allDocuments()) documents.push(key)
    const rows: string[] = []
    for await (const { key } of build.allRows()) rows.push(key)
    const sorted = keys.toSorted()
    t.same(documents, sorted)
    t.same(rows, sorted)
  })
}

const exactness = (t: Test, make: MakeViewStore): void => {
  const keys = ['Ω@+-', 'a.b', '\u{1d49c}', 'ﬀ', 'a', 'Z', '\u{20000}', 'ａ', '\u{1d7d9}_']

  t.test('keys of any script come in the order of their bytes', async (t) => {
    const store = await make(t)
    const build = await store.createBuild(spec)
    await build.commit({
      rows: keys.map((key, i) => ({ key, leaf: 20 - i, at: 20, body: body(i) })),
      documents: keys.map((key, i) => ({ key, at: 20, body: body(i) })),
    })
    const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    const [documents, rows]: [string[], string[]] = [[], []]
    for await (const { key } of build.allDocuments()) documents.push(key)
    for await (const { key } of build.allRows()) rows.push(key)
    t.same(documents, sorted)
    t.same(rows, sorted)
    await build.finish()
    await store.makeLive('ledger', build.name)
    for (const [i, key] of keys.entries()) {
      t.match(await store.reader.document('ledger', key), { key, body: body(i) })
      t.same(await store.reader.rows('ledger', { key, direction: 'forwards', max: 2 }), [
        { key, leaf: 20 - i, at: 20, body: body(i) },
      ])
    }
  })

  t.test('what is read is what was written, whatever the names in it and however large its numbers', async (t) => {
    const store = await make(t)
    const build = await store.createBuild(spec)
    let done = 0
    await fc.assert(
      fc.asyncProperty(bodies, fc.nat(), async (written, back) => {
        done += 1
        const [key, leaf] = [`k${done}`, Number.MAX_SAFE_INTEGER - back]
        const [text, at] = [JSON.stringify(written), Number.MAX_SAFE_INTEGER]
        const checkpoint = { epoch: 'e', position: leaf, id: key, leaf: done, context: JSON.parse(text) }
        const documents = [{ key, at: leaf, body: JSON.parse(text) }]
        await build.commit({ rows: [{ key, leaf, at, body: JSON.parse(text) }], documents, checkpoint })
        const [document] = await build.documents([key])
        const [row] = await build.rows([{ key, leaf }])
        const same = [document, row].every((record) => JSON.stringify(record?.body) === text)
        const { position, context } = (await build.checkpoint()) ?? {}
        return same && document?.at === leaf && row?.at === at && position === leaf && JSON.stringify(context) === text
      }),
      { seed, numRuns: runs },
    )
    t.pass(`${done} bodies, seed ${seed}`)
  })
}

const convergence = (t: Test, make: MakeViewStore): void => {
  t.test('a batch cut off after any single write is folded again to the same bytes', async (t) => {
    const store = await make(t)
    await fc.assert(
      fc.asyncProperty(scripts, fc.nat(), fc.nat(), async (events, bite, cut) => {
        const [wanted, build] = [await store.createBuild(spec), await store.createBuild(spec)]
        await foldWhole(wanted, events)
        const first = await fresh(build, events, (bite % events.length) + 1)
        const writes = first === null ? [] : singleWrites(first)
        for (const write of writes.slice(0, cut % (writes.length + 1))) await build.commit(write)
        await foldWhole(build, events)
        const same = (await contents(build)) === (await contents(wanted))
        for (const one of [wanted, build]) await store.dropBuild(spec, one.name)
        return same
      }),
      { seed, numRuns: runs },
    )
  })

  t.test('two projectors on one build, with other bounds and dying anywhere, converge to a fresh fold', async (t) => {
    const store = await make(t)
    const turn = fc.record({
      who: fc.nat(1),
      bite: fc.integer({ min: 1, max: 12 }),
      dies: fc.nat(19).map((n) => n === 0),
    })
    let done = 0
    await fc.assert(
      fc.asyncProperty(scripts, fc.array(turn, { maxLength: 120 }), async (events, turns) => {
        const [wanted, build] = [await store.createBuild(spec), await store.createBuild(spec)]
        await foldWhole(wanted, events)
        await converge(build, events, turns)
        const same = (await contents(build)) === (await contents(wanted))
        for (const one of [wanted, build]) await store.dropBuild(spec, one.name)
        done += 1
        return same
      }),
      { seed, numRuns: runs },
    )
    t.comment(`divergences 0 / ${done} runs, seed ${seed}`)
  })
}
