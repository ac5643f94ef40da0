import t from 'tap'
import { progressBar } from '../../src/cli/progress.js'

const screen = (live: boolean) => {
  const time = { now: 0 }
  let said = ''
  const note = (text: string): void => {
    said += text
  }
  return { time, said: () => said, terminal: { note, live, clock: () => time.now } }
}

t.test('a person sees one line that is written over', async (t) => {
  const { said, terminal } = screen(true)
  const bar = progressBar(terminal, { doing: 'copied ' })
  bar.show(1, 2)
  bar.show(1, 2)
  bar.show(2, 2)
  bar.end()
  t.equal(said(), `\rcopied 1 events [${'#'.repeat(15)}${'.'.repeat(15)}]\rcopied 2 events [${'#'.repeat(30)}]\n`)
})

t.test('a file gets a plain line every ten seconds, and the last', async (t) => {
  const { time, said, terminal } = screen(false)
  const bar = progressBar(terminal)
  for (let second = 1; second <= 25; second += 1) {
    time.now = second * 1_000
    bar.show(second, null)
  }
  bar.end()
  t.equal(said(), '10 events\n20 events\n25 events\n')
})

t.test('nothing is said twice at the end, and nothing of nothing', async (t) => {
  for (const live of [true, false]) {
    const { said, terminal } = screen(live)
    progressBar(terminal).end()
    t.equal(said(), '')
  }
  const { time, said, terminal } = screen(false)
  const bar = progressBar(terminal)
  time.now = 10_000
  bar.show(5, null)
  bar.end()
  t.equal(said(), '5 events\n')
})
