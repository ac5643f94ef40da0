import t from 'tap'
import { createPace } from '../../src/follower/pace.js'

const pacing = () => {
  let looks = 0
  const world = { now: 0, paced: true, looks: () => looks }
  const look = (): void => {
    looks += 1
  }
  return Object.assign(world, createPace({ now: () => world.now, paced: () => world.paced, look }))
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

t.test('a log that grows after a rest is looked at at once, then once for all that comes in a while', async (t) => {
  const pace = pacing()
  pace.grown()
  t.equal(pace.looks(), 1)
  for (let i = 0; i < 5; i += 1) pace.grown()
  t.equal(pace.looks(), 1)
  pace.now = 20
  while (pace.looks() < 2) await turn()
  pace.now = 39
  pace.grown()
  t.equal(pace.looks(), 2)
  while (pace.looks() < 3) await turn()
  pace.now = 59
  pace.grown()
  t.equal(pace.looks(), 4, 'after a rest')
})

t.test('who waits is not kept waiting, nor anybody where nothing is paced', async (t) => {
  const pace = pacing()
  for (const _ of [1, 2]) pace.grown()
  pace.hurry()
  t.equal(pace.looks(), 2)
  pace.grown()
  pace.paced = false
  pace.grown()
  t.equal(pace.looks(), 3)
  await new Promise((resolve) => setTimeout(resolve, 40))
  t.equal(pace.looks(), 3, 'the looks that were due have been')
})
