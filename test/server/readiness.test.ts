import { join } from 'node:path'
import t from 'tap'
import { startProjecting } from '../../src/projecting.js'
import { readiness, type Watched } from '../../src/readiness.js'
import { folder } from '../support/serving.js'

const well = {
  store: { trouble: () => null },
  projecting: { state: () => [{ name: 'ledger', leaf: 9, trouble: null }], failure: () => null },
  leaf: 9,
  stopped: null,
  start: 5,
} satisfies Watched

const unready = (change: Partial<Watched>) => readiness({ ...well, ...change }).filter(({ ready }) => !ready)

const following = (leaf: number, trouble: { code: string; detail: string } | null = null) => ({
  projecting: { ...well.projecting, state: () => [{ name: 'ledger', leaf, trouble }] },
})

t.test('what is not ready is named, with a code and a sentence', async (t) => {
  t.same(unready({}), [])
  const trouble = { code: 'store_stopped', detail: 'it stopped' } as const
  t.same(unready({ store: { trouble: () => trouble } }), [{ name: 'events', ready: false, ...trouble }])
  t.same(unready({ projecting: { ...well.projecting, failure: () => 'it broke' } }), [
    { name: 'projector', ready: false, code: 'projector_failed', detail: 'it broke' },
  ])
  t.same(unready({ stopped: Object.assign(new Error('event 3'), { code: 'undecodable' }) }), [
    { name: 'commands', ready: false, code: 'undecodable', detail: 'event 3' },
  ])
  const full = { code: 'views_full', detail: 'no space' }
  t.same(unready(following(9, full)), [{ name: 'ledger', ready: false, ...full }])
})

t.test('views are ready once they hold what there was at the start, and not far behind', async (t) => {
  t.match(unready(following(4)), [{ name: 'ledger', code: 'behind', detail: '5 events behind' }])
  t.same(unready(following(5)), [])
  t.same(unready({ leaf: 5_009 }), [])
  t.match(unready({ leaf: 5_010 }), [{ name: 'ledger', code: 'behind', detail: '5001 events behind' }])
})

t.test('a projecting thread that is gone says why, and takes no rebuild', async (t) => {
  const at = (name: string) => join(folder(t), name)
  const said = { onPassed: () => undefined, onFlushed: () => undefined }
  const projecting = startProjecting(
    { events: at('events.db'), views: at('views.db'), writeModel: at('books.db'), committed: null },
    said,
  )
  await t.rejects(projecting.started, { code: 'projector_failed', message: /events.db cannot be read/ })
  t.match(projecting.failure(), 'events.db cannot be read')
  t.match(await projecting.rebuild(() => undefined), {
    kind: 'failed',
    code: 'projector_failed',
    detail: /events.db cannot be read/,
  })
  await projecting.close()
})
