import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { readBookFile } from '../../src/commands/book-file.js'
import { type Commands, Unavailable } from '../../src/commands/port.js'
import { startSweeper } from '../../src/commands/sweeper.js'
import { ended, Process } from '../support/loop.js'
import { ann, bob, start, stream, trade } from '../support/trouble.js'

const DAY = 86_400_000

t.test('two sweepers end a due hold once', async (t) => {
  const { store, one } = await start(t)
  const two = new Process(store.sibling(), { around: one.around })
  t.teardown(() => two.kill())
  for (let n = 0; n < 3; n += 1) await one.ask('authorize', trade('30'), { actor: ann })
  one.around.now += 8 * DAY
  await one.flush()
  await two.flush()
  const messages: string[] = []
  const sweepers = [one, two].map((process) => {
    const { due } = readBookFile(process.database)
    const { clock, randomId } = process.around
    return startSweeper({ commands: process.loop, due, clock, randomId, log: (message) => messages.push(message) })
  })
  t.equal(await ended(one.ask('capture', { order: '3' }, { actor: bob })), 'hold_expired', 'before the sweep')
  await sleep(1_300)
  for (const sweeper of sweepers) await sweeper.close()
  const types = await stream(store, 'ann')
  t.equal(types.filter((type) => type === 'HoldExpired.v1').length, 3)
  t.strictSame(messages, [])
})

const never = () => Promise.reject(new Error('a sweeper asks for no price'))

/** That sweep alone. */
const sweeping = (execute: Commands['execute']): Commands => ({
  execute,
  quotes: { basket: never, list: never },
  locateOrder: () => null,
  locateInstance: () => null,
  locateCart: async () => null,
  locateCheckout: () => null,
  locateCard: () => null,
  locateReplacedCard: () => null,
  locateCustomer: () => null,
  locateRecharge: () => null,
})

t.test('holds that the file shows as due until its next flush hold up none of those behind them', async (t) => {
  const asked: string[] = []
  const commands = sweeping(async (_name, input) => {
    asked.push(JSON.stringify(input))
    throw new Unavailable('busy', 'x')
  })
  const ends = sweeping(async (name, input) => {
    asked.push(JSON.stringify(input))
    return { kind: 'refused', refusal: { code: 'hold_expired', detail: name, onRequest: false } }
  })
  const due = (_now: string, max: number) => Array.from({ length: Math.min(450, max) }, (_, leaf) => leaf)
  const swept = async (by: Commands, least: number): Promise<void> => {
    const sweeper = startSweeper({ commands: by, due, clock: () => 0, randomId: () => 'x', log: t.fail })
    while (asked.length < least) await sleep(50)
    await sweeper.close()
  }
  await swept(ends, 450)
  t.equal(asked.length, 450, 'each once')
  t.equal(new Set(asked).size, 450)
  asked.length = 0
  await swept(commands, 600)
  t.equal(new Set(asked.slice(0, 600)).size, 200, 'what was not ended comes again')
})

t.test('a sweeper that cannot sweep says so, and tries again; one at a time', async (t) => {
  const messages: string[] = []
  let sweeps = 0
  const wrongs = [new Unavailable('busy', 'x'), new Error('strange')]
  const commands = sweeping(async (_name, _input, { actor }) => {
    t.strictSame([actor.acts('ann'), actor.may('recharge'), actor.admin], [false, false, false])
    await sleep(1_100)
    throw wrongs.shift() ?? new Unavailable('busy', 'x')
  })
  const due = () => {
    sweeps += 1
    if (sweeps === 2) throw new Error('no file')
    return [1, 2]
  }
  const log = (message: string) => messages.push(message)
  const sweeper = startSweeper({ commands, due, clock: () => 0, randomId: () => 'x', log })
  await sleep(3_300)
  await sweeper.close()
  t.equal(sweeps, 2)
  t.strictSame(messages, ['a hold could not be ended: Error: strange', 'holds could not be swept: Error: no file'])
})
