import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createEndOfTurn } from '../../src/http/turn.js'

t.test('all who ask in one turn of the event loop go on in a row, in their order, when it ends', async (t) => {
  const endOfTurn = createEndOfTurn()
  const order: string[] = []
  const one = async (name: string): Promise<void> => {
    order.push(`${name} comes`)
    await endOfTurn()
    order.push(`${name} goes on`)
  }
  const both = [one('first'), one('second')]
  await Promise.resolve()
  t.same(order, ['first comes', 'second comes'])
  await Promise.all(both)
  t.same(order, ['first comes', 'second comes', 'first goes on', 'second goes on'])
})

t.test('the next turn has an end of its own', async (t) => {
  const endOfTurn = createEndOfTurn()
  const first = endOfTurn()
  t.equal(endOfTurn(), first)
  await setImmediate()
  await first
  const second = endOfTurn()
  t.not(second, first)
  await second
})
