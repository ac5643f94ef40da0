import { mock } from 'node:test'
import t from 'tap'
import { type Asked, inDoubt, nothingAsked, type Round } from '../../src/commands/asked.js'
import { type AskingSchedulerOptions, startAsking } from '../../src/commands/asking-scheduler.js'
import { settle } from '../support/loop.js'

/** Rounds that say what they are told. */
const asking = (answers: (Partial<Asked> | Error)[]) => {
  const rounds: Round[] = []
  let under = 0
  const round = async (asked: Round): Promise<Asked> => {
    rounds.push(asked)
    under += 1
    if (under > 1) throw new Error('two rounds at once')
    await settle()
    under -= 1
    const answer = answers.shift() ?? {}
    if (answer instanceof Error) throw answer
    asked.progress({ ...nothingAsked, ...answer })
    return { ...nothingAsked, ...answer }
  }
  return { rounds, asking: { round, said: () => null } }
}

const optionsOf = (of: AskingSchedulerOptions['asking'], said: string[] = []): AskingSchedulerOptions => ({
  asking: of,
  randomId: () => 'drawn',
  log: (message) => said.push(message),
  loop: { catchUp: async () => undefined, leaf: 1 },
  flushed: () => 1,
  wait: () => settle(),
})

t.test(
  'it asks at once and every quarter of a minute, also after a round that failed, until it is closed',
  async (t) => {
    mock.timers.enable({ apis: ['setTimeout'] })
    t.teardown(() => mock.timers.reset())
    const said: string[] = []
    const { rounds, asking: of } = asking([{}, new Error('no file')])
    const scheduler = startAsking(optionsOf(of, said))
    const later = async (milliseconds: number): Promise<number> => {
      await settle()
      await settle()
      mock.timers.tick(milliseconds)
      await settle()
      await settle()
      return rounds.length
    }
    t.equal(await later(14_999), 1)
    t.match(rounds[0], { which: 'due', correlationId: 'drawn' })
    t.equal(await later(1), 2)
    t.equal(await later(15_000), 3)
    t.same(said, ['the card gateway could not be asked: no file'])
    await scheduler.close()
    t.equal(await later(60_000), 3)
    const closing = startAsking(optionsOf(of))
    await closing.close()
    t.equal(await later(60_000), 4, 'closed during its first round')
    t.equal(rounds[3]?.signal.aborted, true)
  },
)

t.test('who wants it asked gets all of it, and what was missed once more a minute later', async (t) => {
  const { rounds, asking: of } = asking([{}, { paid: 1, missed: 2, stuck: 1 }, { failed: 1, missed: 1 }])
  let waited = 0
  const wait = async (milliseconds: number): Promise<void> => {
    waited += milliseconds
  }
  const scheduler = startAsking({ ...optionsOf(of), wait })
  t.teardown(() => scheduler.close())
  const seen: Asked[] = []
  const asked = { settleAfter: 0, correlationId: 'mine', progress: (done: Asked) => seen.push(done) }
  const running = scheduler.begin(asked)
  t.equal(scheduler.begin(asked), null, 'one at a time')
  const result = { ...nothingAsked, paid: 1, failed: 1, missed: 1, stuck: 1 }
  t.same(await running, { kind: 'done', result })
  t.equal(inDoubt(result), 2)
  t.same(seen, [{ ...nothingAsked, paid: 1, missed: 2, stuck: 1 }, result])
  t.ok(waited >= 60_000)
  t.match(rounds.slice(1), [
    { which: 'all', settleAfter: 0, correlationId: 'mine' },
    { which: 'missed', settleAfter: 0 },
  ])
  t.same(await scheduler.begin({ correlationId: 'c', progress: () => undefined }), {
    kind: 'done',
    result: nothingAsked,
  })
  t.equal(rounds.length, 4)
  t.equal(scheduler.said('x'), null)
})

t.test('a round that fails fails the run; a stop breaks off the minute', async (t) => {
  const { asking: of } = asking([{}, new Error('no file'), { missed: 1 }])
  const scheduler = startAsking(optionsOf(of))
  const asked = { correlationId: 'c', progress: () => undefined }
  t.same(await scheduler.begin(asked), { kind: 'failed', code: 'internal_error', detail: 'no file' })
  const running = scheduler.begin(asked)
  await settle()
  await settle()
  await scheduler.close()
  t.match(await running, { kind: 'failed', code: 'shutting_down' })
})
