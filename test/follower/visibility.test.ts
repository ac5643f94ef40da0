import t from 'tap'
import { createVisibility } from '../../src/follower/visibility.js'

t.test('who waits is told when the view has passed its event, in whatever order they came', async (t) => {
  const visibility = createVisibility(() => 0)
  const told: number[] = []
  const waits = [3, 5, 4, 3, 9].map(async (leaf) => {
    t.equal(await visibility.wait('v', leaf, 1000), true)
    told.push(leaf)
  })
  visibility.passed('other', 100)
  visibility.passed('v', 2)
  await Promise.resolve()
  t.same(told, [])
  visibility.passed('v', 4)
  await Promise.all([waits[0], waits[2], waits[3]])
  t.same(told, [3, 3, 4])
  visibility.passed('v', 9)
  visibility.passed('v', 1)
  await Promise.all(waits)
  t.equal(await visibility.wait('v', 9, 0), true, 'passed already')
})

t.test('who waited too long is told so, and the others wait on', async (t) => {
  let now = 0
  const visibility = createVisibility(() => now)
  const short = visibility.wait('v', 1, 10)
  const long = visibility.wait('v', 1, 1000)
  const other = visibility.wait('w', 1, 1000)
  now = 10
  t.equal(await short, false)
  visibility.passed('v', 1)
  visibility.passed('w', 1)
  t.equal(await long, true)
  t.equal(await other, true)
})

t.test('where another process folds a view it is asked, once at a time, while somebody waits', async (t) => {
  const answers: (number | Error)[] = [2, new Error('away'), 3, 5]
  let asked = 0
  let under = 0
  let most = 0
  const poll = async (name: string): Promise<number> => {
    asked += name === 'v' ? 1 : 100
    under += 1
    most = Math.max(most, under)
    await new Promise((resolve) => setTimeout(resolve, 1))
    under -= 1
    const answer = answers.shift() ?? 5
    if (answer instanceof Error) throw answer
    return answer
  }
  const visibility = createVisibility(() => performance.now(), { poll })
  t.same(await Promise.all([visibility.wait('v', 3, 1000), visibility.wait('v', 2, 1000)]), [true, true])
  t.equal(asked, 3)
  await new Promise((resolve) => setTimeout(resolve, 30))
  t.equal(asked, 3, 'nobody waits')
  t.equal(await visibility.wait('v', 5, 1000), true)
  t.equal(await visibility.wait('v', 6, 20), false)
  t.equal(most, 1)
})

t.test('what nobody promises is waited for', async (t) => {
  const visibility = createVisibility(() => performance.now(), { owed: () => undefined })
  const shown = visibility.show('v', 1, 1_000)
  visibility.passed('v', 1)
  t.equal(await shown, true)
})

t.test('nobody waits for what no reader goes without; only what is shown is promised', async (t) => {
  let owed = 1
  const owe = (name: string, leaf: number): boolean => {
    if (name !== 'v' || leaf > 5) return false
    owed = Math.max(owed, leaf)
    return true
  }
  const visibility = createVisibility(() => performance.now(), { owed: () => owed, owe })
  t.equal(await visibility.wait('v', 1, 0), true)
  t.equal(await visibility.wait('v', 2, 1), false)
  t.equal(owed, 1)
  t.equal(await visibility.show('v', 3, 0), true)
  t.equal(owed, 3)
  t.equal(await visibility.wait('v', 3, 0), true)
  t.equal(await visibility.show('v', 6, 1), false)
  visibility.passed('v', 6)
  t.equal(await visibility.show('v', 6, 0), true)
  t.equal(await visibility.show('v', 5, 0), true)
  t.equal(owed, 3, 'what was passed need not be promised')
})
