import { mock } from 'node:test'
import t from 'tap'
import { Unavailable } from '../../src/commands/port.js'
import { startScheduler } from '../../src/commands/renewal-scheduler.js'
import type { Due } from '../../src/commands/renewals.js'
import { createRenewing } from '../../src/commands/renewing.js'
import { admin } from '../support/actors.js'
import { settle } from '../support/loop.js'
import { answering, dueOf, mac, nobody, none, refused } from '../support/renewals.js'

const BY = 'system:renewals'

t.test('the scheduler runs at once and every hour; after a run that could not ask for all, in a minute', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const messages: string[] = []
  let broken: 'busy' | 'file' | null = 'busy'
  const { commands, seen } = answering(async (_, { actor }) => {
    t.strictSame([actor.subject, actor.admin, actor.acts('ann'), actor.may('recharge')], [BY, false, false, false])
    if (broken === 'busy') throw new Unavailable('busy', 'x')
    return refused
  })
  const all = dueOf(1)
  const due: Due = {
    ...all,
    renewals: (...args) => {
      if (broken === 'file') throw new Error('no file')
      return all.renewals(...args)
    },
  }
  const log = (message: string) => messages.push(message)
  const running = startScheduler({
    commands,
    due,
    charge: nobody,
    mac,
    log,
    today: () => '2026-03-01',
    randomId: () => 'x',
  })
  const later = async (milliseconds: number): Promise<number> => {
    await settle()
    await settle()
    mock.timers.tick(milliseconds)
    await settle()
    await settle()
    return seen.all
  }
  t.equal(await later(59_999), 1)
  broken = 'file'
  t.equal(await later(1), 1)
  broken = null
  t.equal(await later(60_000), 2)
  t.equal(await later(3_599_999), 2)
  t.equal(await later(1), 3)
  await running.close()
  t.equal(await later(7_200_000), 3)
  t.same(messages, ['plans could not be renewed: Error: no file'])
  const closing = startScheduler({
    commands,
    due,
    charge: nobody,
    mac,
    log,
    today: () => '2026-03-01',
    randomId: () => 'x',
  })
  await closing.close()
  t.equal(await later(7_200_000), 4, 'closed during its first run')
})

t.test('who asks gets all that the log held when he asked, one at a time; a stop breaks it off', async (t) => {
  const { commands } = answering(async () => refused)
  let flushed = 3
  const loop = { catchUp: () => Promise.resolve(), leaf: 5 }
  const asked = { asOf: '2026-03-01', actor: admin, correlationId: 'c', progress: () => undefined }
  let looks = 0
  const wait = async (): Promise<void> => {
    looks += 1
    if (looks === 3) flushed = 5
    await settle()
  }
  const options = {
    wait,
    commands,
    due: dueOf(2),
    charge: nobody,
    mac,
    log: () => undefined,
    loop,
    flushed: () => flushed,
  }
  const renewing = createRenewing(options)
  const first = renewing.begin(asked)
  t.equal(renewing.begin(asked), null)
  t.same(await first, { kind: 'done', result: { ...none, unchanged: 2 } })
  flushed = 0
  const second = renewing.begin(asked)
  await renewing.close()
  t.match(await second, { kind: 'failed', code: 'shutting_down' })
  await createRenewing(options).close()
  looks = 3
  t.match(await createRenewing(options).begin(asked), { kind: 'failed', code: 'busy' }, 'a file that does not come')
  t.equal(looks, 303)
  const due: Due = {
    ...dueOf(1),
    renewals: () => {
      throw new Error('no file')
    },
  }
  const failing = createRenewing({ ...options, due, flushed: () => 5 })
  t.same(await failing.begin(asked), { kind: 'failed', code: 'internal_error', detail: 'no file' })
})
