import t from 'tap'
import { createStop } from '../../src/stopping.js'

const watch = (close: () => Promise<void>, deadline = 10_000) => {
  const said: string[] = []
  const exits: number[] = []
  let closings = 0
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const stop = createStop({
    close: () => {
      closings += 1
      return close()
    },
    exit: (code) => {
      exits.push(code)
      end()
    },
    say: (message) => said.push(message),
    deadline,
  })
  return { said, exits, stop, ended, closings: () => closings }
}

t.test('a gentle end is exit code 0, however often it is asked for', async (t) => {
  const watched = watch(async () => undefined)
  watched.stop()
  watched.stop()
  await watched.ended
  t.same([watched.exits, watched.closings(), watched.said], [[0], 1, []])
})

t.test('an end that fails says why, and is exit code 1', async (t) => {
  for (const reason of [new Error('the disk is gone'), 'the disk is gone']) {
    const watched = watch(() => Promise.reject(reason))
    watched.stop()
    await watched.ended
    t.same(watched.exits, [1])
    t.match(watched.said[0], 'the disk is gone')
  }
})

t.test('an end that hangs is broken off at the deadline', async (t) => {
  const watched = watch(() => new Promise(() => undefined), 30)
  const alive = setInterval(() => undefined, 1000)
  watched.stop()
  await watched.ended
  clearInterval(alive)
  t.same(watched.exits, [1])
  t.match(watched.said[0], 'did not end within 0.03 s')
})
