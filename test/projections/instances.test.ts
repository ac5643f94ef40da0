import t from 'tap'
import { instances } from '../../src/projections/instances.js'
import { runs, seed } from '../contract/view-store.js'
import { deprovisioned, fetched, opened, provisioned, serviced } from '../support/facts.js'
import { fc } from '../support/fast-check.js'
import { NOW } from '../support/given.js'
import { factOf } from '../support/random-facts.js'
import { logged, projecting } from './project.js'

const project = projecting(instances)

const rowsOf = async ({ reader }: Awaited<ReturnType<typeof project>>, key: string) => {
  const rows = await reader.rows('instances', { key, direction: 'forwards', max: 10 })
  return rows.map(({ leaf, body }) => [leaf, instances.rowBody.decode(body)])
}

t.test('an instance has a service, an owner, and the times when it began and ended', async (t) => {
  const begun = [serviced('db'), opened('ann'), provisioned('i-1', 'ann', 7), fetched('i-1', 'ann')]
  const running = await (await project(logged(begun))).reader.document('instances', 'i-1')
  t.equal(running?.at, 3)
  t.strictSame(running?.body, {
    instance: 'i-1',
    service: 'db',
    serviceVersion: 1,
    owner: 'ann',
    state: 'running',
    provisionedAt: '2026-03-01T12:00:02.000Z',
  })
  const ended = [...begun, deprovisioned('i-1', 'ann', 7, 'unpaid')]
  const gone = await (await project(logged(ended))).reader.document('instances', 'i-1')
  t.strictSame(gone?.body, {
    ...running?.body,
    state: 'gone',
    deprovisionedAt: '2026-03-01T12:00:04.000Z',
    reason: 'unpaid',
  })
})

t.test('who was shown the credentials, and when, is kept with the instance', async (t) => {
  const facts = [
    provisioned('i-1', 'ann', 7),
    fetched('i-1', 'ann'),
    provisioned('i-2', 'ann', 8),
    fetched('i-1', 'ann'),
  ]
  const views = await project(logged(facts))
  t.strictSame(await rowsOf(views, 'i-1'), [
    [1, { actor: 'books', fetchedAt: '2026-03-01T12:00:01.000Z' }],
    [3, { actor: 'books', fetchedAt: '2026-03-01T12:00:03.000Z' }],
  ])
  t.strictSame(await rowsOf(views, 'i-2'), [])
})

t.test('what was recorded of a fetch is never changed', async (t) => {
  const row = { actor: 'ann', fetchedAt: NOW }
  for (const event of logged([fetched('i-1', 'ann'), deprovisioned('i-1', 'ann', 7)])) {
    if (event.type !== 'InstanceCredentialsFetched' && event.type !== 'InstanceDeprovisioned') continue
    t.strictSame(instances.rowKeys(event), [])
    t.equal(instances.evolveRow(row, event, { leaf: 1, key: 'i-1', context: {} }), row)
  }
})

t.test('where the credentials lie is in no view', async (t) => {
  const { text } = await project(logged([provisioned('i-1', 'ann', 7), deprovisioned('i-1', 'ann', 7)]))
  t.match(text, /i-1/)
  t.notMatch(text, /credentials|000000000007/)
})

t.test('folds are total: an instance may end that never began', async (t) => {
  const { reader } = await project(logged([deprovisioned('i-1', 'ann', 7)]))
  t.match((await reader.document('instances', 'i-1'))?.body, { service: '', owner: 'ann', state: 'gone' })
})

const anyFact = fc.constantFrom(...instances.handles).chain(factOf)

t.test('a rebuild gives the same bytes, wherever the follower was cut off', async (t) => {
  const facts = fc.array(anyFact, { minLength: 1, maxLength: 40 })
  const property = fc.asyncProperty(facts, fc.array(fc.nat(40), { maxLength: 5 }), async (drawn, cuts) => {
    const events = logged(drawn)
    return (
      (
        await project(
          events,
          cuts.sort((a, b) => a - b),
        )
      ).text === (await project(events)).text
    )
  })
  await fc.assert(property, { seed, numRuns: runs })
  t.pass(`${runs} logs, COUNTERFOIL_SEED=${seed}`)
})

t.test('a damaged body is not read', async (t) => {
  const { reader } = await project(logged([provisioned('i-1', 'ann', 7), fetched('i-1', 'ann')]))
  const document = (await reader.document('instances', 'i-1'))?.body ?? {}
  const [row] = await reader.rows('instances', { key: 'i-1', direction: 'forwards', max: 1 })
  t.match(instances.document.decode(document), { deprovisionedAt: null, reason: null })
  for (const damage of [{ owner: 1 }, { serviceVersion: '1' }, { state: 'ended' }])
    t.throws(() => instances.document.decode({ ...document, ...damage }))
  t.throws(() => instances.rowBody.decode({ ...row?.body, actor: 1 }))
})
