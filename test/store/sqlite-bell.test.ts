import t from 'tap'
import { createBell } from '../../src/store/sqlite/bell.js'

const counted = () => {
  let rings = 0
  const bell = createBell(() => {
    rings += 1
  })
  return { bell, rings: () => rings }
}

t.test('commits ring once until somebody looks', async (t) => {
  const { bell, rings } = counted()
  bell.committed()
  bell.committed()
  bell.committed()
  t.equal(rings(), 1)
})

t.test('what was committed after the ring rings again when he looks: he may have missed it', async (t) => {
  const { bell, rings } = counted()
  bell.committed()
  bell.committed()
  bell.looks()
  t.equal(rings(), 2)
  bell.looks()
  t.equal(rings(), 2, 'nothing came')
  bell.committed()
  t.equal(rings(), 3)
})

t.test('who looks before anything came is told of the first commit', async (t) => {
  const { bell, rings } = counted()
  bell.looks()
  bell.looks()
  t.equal(rings(), 0)
  bell.committed()
  t.equal(rings(), 1)
})
