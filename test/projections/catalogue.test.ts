import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import type { LedgerEvent } from '../../events/envelope.js'
import { openRunner, specOf } from '../../src/follower/runner.js'
import type { ItemKind } from '../../src/ledger/document.js'
import { inRepo, type WrittenItem } from '../../src/ledger/item.js'
import { catalogue, itemKey, listKey } from '../../src/projections/catalogue.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import type { JsonObject, ViewBuild } from '../../src/views/port.js'
import { contents, runs, seed } from '../contract/view-store.js'
import { TestLog } from '../follower/log.js'
import { logOf } from '../http/world.js'
import { admin } from '../support/actors.js'
import { Books, idOf } from '../support/books.js'
import { deciders } from '../support/decide.js'
import { stocked } from '../support/facts.js'
import { fc } from '../support/fast-check.js'
import { anyFact } from '../support/random-facts.js'

const never = new AbortController().signal
const createBuild = () => createMemoryViewStore().createBuild(specOf(catalogue))

const batchOf = (events: readonly LedgerEvent[]) => ({ events, positions: events.map(({ leaf }) => (leaf + 1) * 10) })

/** Folds a log, each bite by a process that has just started. */
const folded = async (events: readonly LedgerEvent[], bite: number): Promise<ViewBuild> => {
  const log = new TestLog().push(events)
  const build = await createBuild()
  for (let from = 0; from < events.length; from += bite) {
    const runner = await openRunner({ projection: catalogue, build, log, sleep: async () => {} })
    await runner.handle(batchOf(events.slice(from, from + bite)), never)
  }
  return build
}

const documentOf = async (build: ViewBuild, key: string) => {
  const [record] = await build.documents([key])
  return record && catalogue.document.decode(record.body)
}

const rowsOf = async (build: ViewBuild, key: string) => {
  const rows = []
  for await (const row of build.allRows()) if (row.key === key) rows.push(catalogue.rowBody.decode(row.body))
  return rows
}

t.test('each kind of item is found by its id, and stands in its list', async (t) => {
  const log = logOf(stocked)
  const build = await folded(log, 100)
  const ids: readonly (readonly [ItemKind, string, string])[] = [
    ['region', 'north', 'region'],
    ['plan', 'pro', 'plan'],
    ['promocode', 'ten', 'promocode'],
    ['addon', 'more', 'addon'],
    ['repo', 'maps', 'repo'],
    ['repo-item', 'maps/roads', 'repo-item/maps'],
    ['service', 'db', 'service'],
  ]
  for (const [leaf, [kind, id, list]] of ids.entries()) {
    const data = log[leaf]?.data
    const at = log[leaf]?.metadata.recordedAt
    const entry = { kind, id, leaf, retired: false, publishedAt: at, changedAt: at, data }
    t.strictSame(await documentOf(build, itemKey({ kind, id })), entry)
    t.equal(listKey({ kind, id }), list)
    t.strictSame(await rowsOf(build, list), [entry])
    t.strictSame(await documentOf(build, list), { kind: 'list', items: 1 })
  }
})

const region = (id: string, itemVersion: number, description: string, itemLeaf?: number): Fact => ({
  type: 'RegionPublished',
  data: { region: id, itemVersion, description, ...(itemLeaf !== undefined && { itemLeaf }) },
})
const retired = (id: string, itemVersion: number, itemLeaf: number): Fact => ({
  type: 'CatalogueItemRetired',
  data: { kind: 'region', id, itemVersion, itemLeaf },
})

t.test('a list keeps the order of first publication, whatever is changed, retired and published again', async (t) => {
  const log = logOf([
    region('a', 1, 'a1'),
    region('b', 1, 'b1'),
    region('a', 2, 'a2', 0),
    retired('b', 1, 1),
    region('c', 1, 'c1'),
    retired('a', 2, 0),
    region('a', 3, 'a3', 0),
  ])
  const time = (leaf: number) => log[leaf]?.metadata.recordedAt
  for (const bite of [1, 3, 100]) {
    const build = await folded(log, bite)
    const list = await rowsOf(build, 'region')
    t.match(list, [
      { id: 'a', leaf: 0, retired: false, publishedAt: time(0), changedAt: time(6), data: { description: 'a3' } },
      { id: 'b', leaf: 1, retired: true, publishedAt: time(1), changedAt: time(1), data: { description: 'b1' } },
      { id: 'c', leaf: 4, retired: false, publishedAt: time(4), changedAt: time(4), data: { description: 'c1' } },
    ])
    t.strictSame(await documentOf(build, 'region'), { kind: 'list', items: 3 })
    for (const entry of list) t.strictSame(await documentOf(build, itemKey(entry)), entry)
  }
})

t.test('a fold refuses nothing: what a later version or a retirement does not find begins with it', async (t) => {
  const build = await folded(logOf([region('a', 2, 'a2', 7), retired('b', 1, 8)]), 100)
  t.match(await documentOf(build, 'region/a'), { leaf: 7, retired: false, data: { description: 'a2' } })
  t.match(await documentOf(build, 'region/b'), { leaf: 8, retired: true, data: {} })
  t.strictSame(await rowsOf(build, 'region'), [])
})

const words = ['a', 'b', 'c'] as const
const kinds: readonly ItemKind[] = ['region', 'plan', 'repo', 'repo-item']

interface Step {
  readonly what: 'publish-item' | 'change-item' | 'retire-item'
  readonly kind: ItemKind
  readonly id: string
  readonly text: string
}

const steps = fc.array(
  fc.record<Step>({
    what: fc.constantFrom('publish-item', 'publish-item', 'change-item', 'retire-item'),
    kind: fc.constantFrom(...kinds),
    id: fc.constantFrom(...words),
    text: fc.constantFrom(...words),
  }),
  { minLength: 1, maxLength: 40 },
)

const itemOf = ({ kind, id, text }: Step): WrittenItem => {
  if (kind === 'region') return { kind, data: { region: id, description: text } }
  if (kind === 'repo') return { kind, data: { repo: id, class: text, label: 'l' } }
  if (kind === 'repo-item') return { kind, data: { repo: text, item: id, url: text } }
  return { kind: 'plan', data: { plan: id, name: text, type: 't', price: '1', billPeriod: 'M', region: text } }
}

/** The events of a catalogue that admins have worked at. */
const worked = (all: readonly Step[]): Books => {
  const books = new Books()
  for (const step of all) {
    const deciding = { actor: admin, now: '2026-03-01T12:00:00.000Z', id: idOf(1) }
    const id = step.kind === 'repo-item' ? inRepo(step.text, step.id) : step.id
    const decision =
      step.what === 'retire-item'
        ? deciders['retire-item'](books, { kind: step.kind, id }, deciding)
        : deciders[step.what](books, { item: itemOf(step) }, deciding)
    const time = `2026-03-01T12:00:00.${String(books.log.length).padStart(3, '0')}Z`
    if (decision.kind === 'facts') for (const fact of decision.facts) books.append(fact, time)
  }
  return books
}

t.test('in whatever bites it is folded, the view is that of the whole log, and what the rules see', async (t) => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 9 }), async (all, bite) => {
      const books = worked(all)
      const build = await folded(books.log, bite)
      const whole = await folded(books.log, 1_000)
      if ((await contents(build)) !== (await contents(whole))) throw new Error('the bites show')
      for await (const { key, body } of build.allDocuments()) {
        const entry = catalogue.document.decode(body)
        if (entry.kind === 'list') continue
        const right = books.document(entry.kind, entry.id)
        const same: [unknown, unknown] = [
          [entry.leaf, entry.retired, entry.data],
          [right?.leaf, right?.retired, right?.data],
        ]
        if (JSON.stringify(same[0]) !== JSON.stringify(same[1])) throw new Error(`${key}: ${JSON.stringify(same)}`)
      }
    }),
    { seed, numRuns: runs },
  )
  t.pass(`${runs} runs, seed ${seed}`)
})

t.test('the same of events that no rule has allowed', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFact, { minLength: 1, maxLength: 30 }), fc.nat(9), async (facts, bite) => {
      const log = logOf(facts)
      const [one, other] = [await folded(log, bite + 1), await folded(log, 1_000)]
      if ((await contents(one)) !== (await contents(other))) throw new Error('the bites show')
    }),
    { seed, numRuns: runs },
  )
  t.pass(`${runs} runs, seed ${seed}`)
})

t.test('what is stored comes back as it was, and a damaged body is not read', async (t) => {
  const build = await folded(logOf([...stocked, retired('north', 1, 0)]), 100)
  let bodies = 0
  let item: JsonObject = {}
  for await (const { body } of build.allDocuments()) {
    t.strictSame(catalogue.document.encode(catalogue.document.decode(body)), body)
    if (body.kind !== 'list') item = body
    bodies += 1
  }
  for await (const { body } of build.allRows()) {
    t.strictSame(catalogue.rowBody.encode(catalogue.rowBody.decode(body)), body)
    bodies += 1
  }
  t.equal(bodies, 21)
  for (const damage of [{ kind: 'x' }, { id: 1 }, { leaf: 'x' }, { publishedAt: 1 }, { changedAt: 1 }, { data: [] }]) {
    t.throws(() => catalogue.document.decode({ ...item, ...damage }))
  }
  const { data: _, ...rest } = item
  t.throws(() => catalogue.document.decode(rest))
  t.throws(() => catalogue.document.decode({ kind: 'list' }))
})
