import { Unavailable } from '../commands/port.js'
import { RequestRefused } from './errors.js'

/** Wrong guesses that one subject may make within this many milliseconds. */
const MOST = 10
const WITHIN = 60_000
/** Subjects remembered, besides those who look something up now. */
const SUBJECTS = 10_000
/** Look-ups of one subject that wait for others of its own. */
const MAX_WAITING = 1_000

interface Guesser {
  /** When the last wrong ones were told, oldest first. */
  wrong: number[]
  looking: number
  readonly waiting: (() => void)[]
}

/**
 * Slows whoever guesses codes: a subject with 10 wrong guesses within a minute has nothing looked up until the oldest is a minute old. What is
 * right does not count. What one asks at once is looked up only as far as all of it may be wrong; the rest waits. No subject feels another.
 */
export class Guesses {
  readonly #now: () => number
  /** Those who have guessed wrong or look something up now; who guessed last comes last. */
  readonly #guessers = new Map<string, Guesser>()

  /** `now`: milliseconds, monotonic. */
  constructor(now: () => number) {
    this.#now = now
  }

  get size(): number {
    return this.#guessers.size
  }

  /** Looks something up. Throws `RequestRefused` before looking where the subject has to wait. */
  async count<Found>(subject: string, look: () => Promise<Found>, isWrong: (found: Found) => boolean): Promise<Found> {
    const guesser = this.#guessers.get(subject) ?? { wrong: [], looking: 0, waiting: [] }
    await this.#turn(subject, guesser)
    try {
      const found = await look()
      if (isWrong(found)) this.#remember(subject, guesser)
      return found
    } finally {
      guesser.looking -= 1
      const next = guesser.waiting.shift()
      if (next !== undefined) next()
      else if (guesser.wrong.length + guesser.looking === 0) this.#guessers.delete(subject)
    }
  }

  async #turn(subject: string, guesser: Guesser): Promise<void> {
    for (;;) {
      const now = this.#now()
      guesser.wrong = guesser.wrong.filter((at) => at > now - WITHIN)
      const [oldest] = guesser.wrong
      const left = MOST - guesser.wrong.length
      if (oldest !== undefined && left <= 0) {
        guesser.waiting.shift()?.()
        const seconds = Math.ceil((oldest + WITHIN - now) / 1000)
        throw new RequestRefused('too_many_guesses', `Too many wrong codes; wait ${seconds} s.`, seconds)
      }
      if (guesser.looking < left) {
        guesser.looking += 1
        this.#guessers.set(subject, guesser)
        return
      }
      if (guesser.waiting.length >= MAX_WAITING) throw new Unavailable('busy', 'too many codes are being looked up')
      await new Promise<void>((resolve) => guesser.waiting.push(resolve))
    }
  }

  #remember(subject: string, guesser: Guesser): void {
    guesser.wrong.push(this.#now())
    this.#guessers.delete(subject)
    this.#guessers.set(subject, guesser)
    const [first] = this.#guessers.keys()
    if (first !== undefined && this.#guessers.size > SUBJECTS) this.#guessers.delete(first)
  }
}
