import t from 'tap'
import { Unavailable } from '../../src/commands/port.js'
import { RequestRefused } from '../../src/http/errors.js'
import { Guesses } from '../../src/http/guesses.js'
import { settle } from '../support/loop.js'

const isWrong = (found: string): boolean => found === 'wrong'

/** A clock, and look-ups that end when they are told. */
const world = () => {
  const around = { now: 1_000_000 }
  const guesses = new Guesses(() => around.now)
  const open: ((found: string) => void)[] = []
  const ask = (subject = 'eve'): Promise<string> =>
    guesses
      .count(subject, () => new Promise<string>((resolve) => open.push(resolve)), isWrong)
      .catch((error: unknown) => {
        if (error instanceof RequestRefused) return `${error.code} ${error.retryAfter}`
        return error instanceof Unavailable ? error.code : String(error)
      })
  const told = async (found: string, subject?: string): Promise<string> => {
    const asked = ask(subject)
    await settle()
    open.shift()?.(found)
    return await asked
  }
  return { around, guesses, open, ask, told }
}

t.test('after ten wrong guesses nothing is looked up until the oldest is a minute old', async (t) => {
  const { around, open, told } = world()
  for (let n = 0; n < 10; n += 1) {
    t.equal(await told('wrong'), 'wrong')
    around.now += 1000
  }
  t.equal(await told('right'), 'too_many_guesses 50')
  t.equal(open.length, 0, 'nothing was looked up')
  around.now += 49_999
  t.equal(await told('right'), 'too_many_guesses 1')
  around.now += 1
  t.equal(await told('wrong'), 'wrong')
  t.equal(await told('right'), 'too_many_guesses 1', 'one for each that is a minute old')
  around.now += 1000
  t.equal(await told('right'), 'right')
})

t.test('what is right never counts', async (t) => {
  const { told, guesses } = world()
  for (let n = 0; n < 9; n += 1) await told('wrong')
  for (let n = 0; n < 100; n += 1) t.equal(await told('right'), 'right')
  t.equal(await told('right', 'ann'), 'right')
  t.equal(guesses.size, 1, 'only who guesses is remembered')
})

t.test('what is asked at once is looked up only as far as all of it may be wrong', async (t) => {
  const { open, ask } = world()
  const asked = Array.from({ length: 100 }, () => ask())
  await settle()
  t.equal(open.length, 10)
  for (let wave = 0; wave < 3; wave += 1) {
    for (const answer of open.splice(0)) answer('right')
    await settle()
    t.equal(open.length, 10, 'the next ten')
  }
  for (const answer of open.splice(0)) answer('wrong')
  await settle()
  t.equal(open.length, 0)
  const ends = await Promise.all(asked)
  const count = (end: string) => ends.filter((one) => one === end).length
  t.same([count('right'), count('wrong'), count('too_many_guesses 60')], [30, 10, 60])
})

t.test('a guesser slows and locks out nobody else', async (t) => {
  const { open, ask, told } = world()
  const asked = Array.from({ length: 500 }, () => ask('eve'))
  await settle()
  t.equal(open.splice(0).length, 10, 'of which ten are under way')
  t.equal(await told('right', 'ann'), 'right', 'another subject goes at once')
  for (let n = 0; n < 20; n += 1) await told('wrong', 'mal')
  t.equal(await told('wrong', 'mal'), 'too_many_guesses 60')
  t.equal(await told('right', 'ann'), 'right')
  t.equal(asked.length, 500)
})

t.test('those who wait are bounded, and a look-up that fails counts nothing', async (t) => {
  const { open, ask, guesses } = world()
  const asked = Array.from({ length: 1010 }, () => ask())
  await settle()
  t.equal(await ask(), 'busy')
  while (open.length > 0) {
    for (const answer of open.splice(0)) answer('right')
    await settle()
  }
  t.same(new Set(await Promise.all(asked)), new Set(['right']))
  t.equal(guesses.size, 0)
  for (let n = 0; n < 20; n += 1) {
    await t.rejects(
      guesses.count('eve', () => Promise.reject(new Error('away')), isWrong),
      { message: 'away' },
    )
  }
  t.equal(guesses.size, 0)
})

t.test('ten thousand guessers are remembered, those who guessed last', async (t) => {
  const guesses = new Guesses(() => 0)
  const wrong = (subject: string) => guesses.count(subject, async () => 'wrong', isWrong)
  for (let n = 0; n < 10; n += 1) await wrong('first')
  for (let n = 0; n < 9_999; n += 1) await wrong(`s${n}`)
  await t.rejects(wrong('first'), { code: 'too_many_guesses' })
  for (let n = 0; n < 2; n += 1) await wrong(`t${n}`)
  t.equal(guesses.size, 10_000)
  await wrong('first')
})
