import type t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { catchUp } from '../../src/follower/catch-up.js'
import { openRunner, specOf } from '../../src/follower/runner.js'
import { placeKey, subscriptions } from '../../src/projections/subscriptions.js'
import { encode } from '../../src/store/encode.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { createMemoryViewStore } from '../../src/views/memory.js'
import { idOf } from './books.js'
import { NOW } from './given.js'
import { decode } from './loop.js'

/** What the view `subscriptions` holds of ann after these facts, folded in batches of one and in one batch: byte for byte the same. */
export const project = async (test: Pick<typeof t, 'equal'>, ...facts: readonly Fact[]) => {
  const store = createMemoryEventStore()
  const metadata = { recordedAt: NOW, actor: 'a', correlationId: 'c', causationId: idOf(1) }
  const views = createMemoryViewStore()
  const open = async () => {
    const build = await views.createBuild(specOf(subscriptions))
    const sleep = () => Promise.resolve()
    return { build, runner: await openRunner({ projection: subscriptions, build, log: store, sleep }) }
  }
  const { signal } = new AbortController()
  const live = await open()
  for (const [index, fact] of facts.entries()) {
    await store.append('account-ann', index - 1, [encode(fact, 'account-ann', index - 1, metadata)])
    await catchUp({ log: store, decode, consumer: live.runner, signal })
  }
  const rebuilt = await open()
  await catchUp({ log: store, decode, consumer: rebuilt.runner, signal })
  const shown = []
  for (const { build } of [live, rebuilt]) {
    await views.makeLive('subscriptions', build.name)
    const document = await views.reader.document('subscriptions', 'ann')
    const rows = await views.reader.rows('subscriptions', { key: 'ann', direction: 'forwards', max: 10 })
    shown.push({ document, rows })
  }
  test.equal(JSON.stringify(shown[0]), JSON.stringify(shown[1]))
  const [{ document = null, rows = [] } = {}] = shown
  for (const { body } of rows) {
    test.equal(JSON.stringify(subscriptions.rowBody.encode(subscriptions.rowBody.decode(body))), JSON.stringify(body))
  }
  const counts = document === null ? null : subscriptions.document.decode(document.body)
  if (document !== null)
    test.equal(
      JSON.stringify(subscriptions.document.encode(subscriptions.document.decode(document.body))),
      JSON.stringify(document.body),
    )
  if (counts?.kind !== 'buyer') throw new Error('nothing was folded')
  return {
    counts: { purchases: counts.purchases, running: counts.running },
    place: (id: string) => views.reader.document('subscriptions', placeKey('ann', id)),
    rows: rows.map(({ body }) => subscriptions.rowBody.decode(body)),
    bodies: rows.map(({ body }) => body),
  }
}
