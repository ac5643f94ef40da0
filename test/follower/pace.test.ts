import t from 'tap'
import { createPace } from '../../src/follower/pace.js'

const pacing = (now: () => number) => {
  let looks = 0
  const world = { paced: true, looks: () => looks }
  const look = (): void => {
    looks += 1
  }
  return Object.assign(world, createPace({ now, paced: () => world.paced, look }))
}

t.test('a log that grows after a rest is looked at at once, then once for all that comes in a while', async (t) => {
  const pace = pacing(() => performance.now())
  pace.grown()
  t.equal(pace.looks(), 1)
  for (let i = 0; i < 5; i += 1) pace.grown()
  t.equal(pace.looks(), 1)
  await new Promise((resolve) => setTimeout(resolve, 60))
  t.equal(pace.looks(), 2)
  pace.grown()
  t.equal(pace.looks(), 3)
})

t.test('who waits need not, nor anybody where nothing is paced', (t) => {
  const pace = pacing(() => 0)
  pace.grown()
  pace.grown()
  t.equal(pace.looks(), 1)
  pace.hurry()
  t.equal(pace.looks(), 2)
  pace.paced = false
  pace.grown()
  pace.grown()
  t.equal(pace.looks(), 4, 'the look that was due is not waited for')
  t.end()
})
