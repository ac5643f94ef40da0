import { join } from 'node:path'
import t from 'tap'
import { startProjecting } from '../../src/projecting.js'
import { projections } from '../../src/projections/projections.js'
import { createStandstill, promptly, readiness, SILENT_SECRETS, type Watched } from '../../src/readiness.js'
import { SecretsUnreachable } from '../../src/secrets/port.js'
import type { FollowerState, Hindrance } from '../../src/thread.js'
import { ViewsUnreachable } from '../../src/views/port.js'
import { folder } from '../support/serving.js'

const ledger: FollowerState = { name: 'ledger', leaf: 9, trouble: null, doing: 'following' }
/** The others of the list do what they should. */
const others: readonly FollowerState[] = projections.slice(1).map(({ name }) => ({ ...ledger, name }))
const projecting = { state: () => [ledger, ...others], events: () => null, failure: () => null }
const store = { epoch: 'e', trouble: () => null }
const write = { loop: { leaf: 9, wrongClock: null }, start: 5, stopped: () => null }

type Opened = Watched['opening']

const partsOf = (changes: Partial<Opened>, more: Partial<Omit<Watched, 'opening'>> = {}) => {
  const opening: Opened = { hindrance: null, store, projecting, write, ...changes }
  const checkpoint = async () => ({ epoch: 'e', leaf: 9 })
  const [secrets, gateway] = [async () => {}, () => null]
  return readiness({ role: 'all', opening, checkpoint, standstill: () => 0, secrets, gateway, ...more })
}

const unready = async (...of: Parameters<typeof partsOf>) => (await partsOf(...of)).filter(({ ready }) => !ready)

const doing = (change: Partial<FollowerState>) => ({
  projecting: { ...projecting, state: () => [{ ...ledger, ...change }, ...others] },
})

t.test('what is not ready is named, with a code and a sentence', async (t) => {
  t.same(await unready({}), [])
  const trouble = { code: 'store_stopped', detail: 'it stopped' } as const
  t.same(await unready({ store: { ...store, trouble: () => trouble } }), [{ name: 'events', ready: false, ...trouble }])
  t.same(await unready({ projecting: { ...projecting, failure: () => 'it broke' } }), [
    { name: 'projector', ready: false, code: 'projector_failed', detail: 'it broke' },
  ])
  const error = Object.assign(new Error('event 3'), { code: 'undecodable' })
  t.same(await unready({ write: { ...write, stopped: () => error } }), [
    { name: 'commands', ready: false, code: 'undecodable', detail: 'event 3' },
  ])
  const full = { code: 'views_full', detail: 'no space' }
  t.same(await unready(doing({ trouble: full })), [{ name: 'ledger', ready: false, ...full }])
  const file: FollowerState = { name: 'write-model', leaf: 9, trouble: full, doing: 'following' }
  t.same(await unready({ projecting: { ...projecting, state: () => [ledger, ...others, file] } }), [
    { name: 'write-model', ready: false, ...full },
  ])
})

t.test('a store of secrets that is away is named, where there is one', async (t) => {
  const secrets = async () => {
    throw new SecretsUnreachable('connection refused')
  }
  const away = { name: 'secrets', ready: false, code: 'secrets_unreachable', detail: 'connection refused' }
  for (const role of ['all', 'api'] as const) t.same(await unready({}, { role, secrets }), [away])
  t.same(await unready({}, { role: 'projector', secrets }), [])
  const silent = promptly(() => new Promise<void>(() => undefined), SILENT_SECRETS)
  t.match(await unready({}, { secrets: silent }), [{ ...away, detail: /^the secrets have not answered within/ }])
})

t.test('a card gateway that is away is shown, and keeps nobody from being ready', async (t) => {
  const shown = async (...of: Parameters<typeof partsOf>) =>
    (await partsOf(...of)).filter(({ name }) => name === 'gateway')
  t.same(await shown({}), [{ name: 'gateway', ready: true }])
  const away = { code: 'gateway_unreachable', detail: 'connection refused' }
  const gateway = () => away
  t.same(await shown({}, { gateway }), [{ name: 'gateway', ready: true, ...away }])
  t.same(await shown({}, { role: 'projector', gateway }), [])
  t.same(await unready({}, { gateway }), [])
})

t.test('before all is open it says what it waits for', async (t) => {
  const nothing = { store: null, projecting: null, write: null }
  const starting: Hindrance = { code: 'not_ready', detail: 'the server is starting' }
  t.same(await unready(nothing), [
    { name: 'events', ready: false, ...starting },
    { name: 'commands', ready: false, ...starting },
    ...projections.map(({ name }) => ({ name, ready: false, ...starting })),
  ])
  const full: Hindrance = { code: 'disk_full', detail: 'no space' }
  t.match((await unready({ ...nothing, hindrance: full }))[0], { name: 'events', ...full })
})

t.test('views are ready once they hold what there was at the start, and not far behind', async (t) => {
  t.match(await unready(doing({ leaf: 4 })), [{ name: 'ledger', code: 'behind', detail: '5 events behind' }])
  t.same(await unready(doing({ leaf: 5 })), [])
  const at = (leaf: number) => ({ write: { ...write, loop: { leaf, wrongClock: null } }, ...doing({ leaf: 5 }) })
  t.same(await unready(at(5_005)), [])
  t.match(await unready(at(5_006)), [{ name: 'ledger', code: 'behind', detail: '5001 events behind' }])
})

t.test('where another process folds the views, its live build is judged', async (t) => {
  const none = { projecting: { ...projecting, state: () => others } }
  for (const [opened, role] of [
    [none, 'api'],
    [doing({ doing: 'standby', leaf: -1 }), 'all'],
  ] as const) {
    const judged = (checkpoint: Watched['checkpoint']) => unready(opened, { role, checkpoint })
    t.same(await judged(async () => ({ epoch: 'e', leaf: 9 })), [])
    t.match(await judged(async () => ({ epoch: 'e', leaf: 4 })), [{ name: 'ledger', detail: '5 events behind' }])
    t.match(await judged(async () => null), [{ code: 'behind', detail: 'nobody has made the views yet' }])
    t.match(await judged(async () => ({ epoch: 'other', leaf: 9 })), [{ code: 'view_checkpoint_mismatch' }])
    t.match(await judged(() => Promise.reject(new ViewsUnreachable('nobody answers'))), [
      { name: 'ledger', code: 'views_unreachable', detail: 'nobody answers' },
    ])
  }
})

t.test('where the log grows and nobody folds it, that is said', async (t) => {
  let now = 0
  const standstill = createStandstill(() => now)
  const elsewhere = { projecting: { ...projecting, state: () => others } }
  const at = async (time: number, live: number, log: number) => {
    now = time * 1_000
    const checkpoint = async (name: string) => ({ epoch: 'e', leaf: name === 'ledger' ? live : log })
    const opened = { ...elsewhere, write: { ...write, loop: { leaf: log, wrongClock: null } } }
    return await unready(opened, { role: 'api', checkpoint, standstill })
  }
  t.same(await at(0, 9, 9), [])
  t.same(await at(60, 9, 9), [], 'nothing was to be folded')
  t.same(await at(120, 9, 10), [], 'since when it stands nobody knows')
  t.same(await at(129, 9, 12), [])
  t.same(await at(131, 9, 12), [
    {
      name: 'ledger',
      ready: false,
      code: 'projector_away',
      detail: 'no projector has folded anything for 11 s, and 3 events wait',
    },
  ])
  t.same(await at(132, 10, 12), [], 'it goes on')
  t.same(await at(141, 10, 12), [])
  t.match(await at(143, 10, 12), [{ code: 'projector_away' }])
  t.same(await at(144, 12, 12), [])
})

t.test('views that do not answer keep nobody waiting, and the last reason that was heard is told', async (t) => {
  const answers: { resolve(): void; reject(error: Error): void }[] = []
  const ask = promptly(() => new Promise<void>((resolve, reject) => answers.push({ resolve, reject })))
  const away = new ViewsUnreachable('connection refused')
  const from = performance.now()
  await t.rejects(ask(), { code: 'views_unreachable', message: /not answered within/ })
  t.ok(performance.now() - from < 1_000)
  const still = ask()
  t.equal(answers.length, 1, 'asked once at a time')
  answers[0]?.reject(away)
  await t.rejects(still, away)
  await t.rejects(ask(), away, 'while the next answer is awaited')
  const back = ask()
  answers[1]?.resolve()
  await back
  await t.rejects(ask(), { message: /not answered within/ })
})

t.test('of an empty log nothing can be missing in the views', async (t) => {
  const empty = {
    write: { ...write, start: -1, loop: { leaf: -1, wrongClock: null } },
    projecting: { ...projecting, state: () => [] },
  }
  t.same(await unready(empty, { role: 'api', checkpoint: async () => null }), [])
})

t.test('a projector knows no end of the log: it is ready when its views are open', async (t) => {
  const role = 'projector'
  const alone = { store: null, write: null }
  t.same(await unready({ ...alone, ...doing({ leaf: 3 }) }, { role }), [])
  t.same(await unready({ ...alone, ...doing({ doing: 'standby' }) }, { role }), [])
  t.match(await unready({ ...alone, ...doing({ doing: 'opening', leaf: -1 }) }, { role }), [
    { name: 'ledger', code: 'behind', detail: /for the first time/ },
  ])
  const away: Hindrance = { code: 'store_unreachable', detail: 'nobody answers' }
  const waiting = { ...projecting, state: () => others, events: () => away }
  t.match(await unready({ ...alone, projecting: waiting }, { role }), [
    { name: 'events', ...away },
    { name: 'ledger', code: 'not_ready' },
  ])
})

t.test('a following thread that is gone says why, and takes no rebuild', async (t) => {
  const at = (name: string) => ({ kind: 'sqlite', path: join(folder(t), name) }) as const
  const said = {
    onPassed: () => undefined,
    onFlushed: () => undefined,
    onTrouble: () => undefined,
    log: () => undefined,
  }
  const files = { events: at('events.db'), views: at('views.db'), writeModel: at('books.db').path }
  const data = { ...files, projects: true, lazy: false, committed: null }
  const projecting = startProjecting(data, said)
  await t.rejects(projecting.started, { code: 'projector_failed', message: /events.db cannot be read/ })
  t.match(projecting.failure(), 'events.db cannot be read')
  t.match(await projecting.rebuild(['ledger'], () => undefined), {
    kind: 'failed',
    code: 'projector_failed',
    detail: /events.db cannot be read/,
  })
  await projecting.close()
})
