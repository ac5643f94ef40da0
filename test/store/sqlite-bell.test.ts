import t from 'tap'
import { createBell, createEar } from '../../src/store/sqlite/bell.js'
import { fc } from '../support/fast-check.js'
import { check } from '../support/random.js'

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

t.test('who looks without having been told wakes nobody, and answers each ring once', async (t) => {
  let said = 0
  const ear = createEar(() => {
    said += 1
  })
  ear.looks()
  t.equal(said, 0)
  ear.rung()
  ear.rung()
  ear.looks()
  ear.looks()
  t.equal(said, 1)
  ear.rung()
  ear.looks()
  t.equal(said, 2)
})

t.test('however long messages take, what was committed last is looked at', async (t) => {
  const steps = fc.array(fc.constantFrom('commit', 'look', 'to him', 'to the writer'), { maxLength: 60 })
  const holds = fc.property(steps, (drawn) => {
    const way = { rings: 0, looks: 0 }
    let [committed, seen] = [0, 0]
    const bell = createBell(() => {
      way.rings += 1
    })
    const ear = createEar(() => {
      way.looks += 1
    })
    const look = (): void => {
      ear.looks()
      seen = committed
    }
    const take = {
      commit: () => {
        committed += 1
        bell.committed()
      },
      look,
      'to him': () => {
        if (way.rings === 0) return
        way.rings -= 1
        ear.rung()
        look()
      },
      'to the writer': () => {
        if (way.looks === 0) return
        way.looks -= 1
        bell.looks()
      },
    }
    for (const step of drawn) take[step]()
    while (way.rings + way.looks > 0) {
      take['to him']()
      take['to the writer']()
    }
    return seen === committed
  })
  check(t, holds, 500)
})
