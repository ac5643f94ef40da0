import { setTimeout as after } from 'node:timers/promises'
import t from 'tap'
import { createWaker } from '../src/waker.js'

const setup = () => {
  let time = 100
  let woken = 0
  const waker = createWaker(
    () => {
      woken += 1
    },
    () => time,
  )
  return { waker, woken: () => woken, pass: (milliseconds: number) => (time += milliseconds) }
}

t.test('after a pause the thread is woken at once, and not again while it is at work', async (t) => {
  const { waker, woken, pass } = setup()
  waker.grown(0)
  t.equal(woken(), 1)
  pass(50)
  waker.grown(1)
  t.equal(woken(), 1)
  waker.taken(1)
  pass(50)
  waker.grown(2)
  t.equal(woken(), 2)
})

t.test('what came while it was at work wakes it again, at its pace', async (t) => {
  const { waker, woken } = setup()
  waker.grown(0)
  waker.grown(1)
  waker.taken(0)
  t.equal(woken(), 1, 'not in the same moment')
  await after(30)
  t.equal(woken(), 2)
  waker.taken(1)
  await after(30)
  t.equal(woken(), 2, 'nothing more to take')
})
