import type { Test } from 'tap'
import type { Fact } from '../../events/catalogue.js'
import type { CommandName, Inputs } from '../../src/commands/port.js'
import type { Decision } from '../../src/ledger/decision.js'
import type { RefusalCode } from '../../src/ledger/refusals.js'
import type { Actor } from '../../src/ledger/state.js'
import { Books, idOf } from './books.js'
import { deciders } from './decide.js'

export const NOW = '2026-03-01T12:00:00.000Z'

/** The id that the command under test gives to what it creates. */
export const NEW_ID = idOf(0xfff)

interface Then {
  readonly decision: Decision
  /** Exactly these facts. */
  readonly then: (t: Test, ...facts: readonly Fact[]) => void
  readonly refused: (t: Test, code: RefusalCode, on?: 'request' | 'state') => void
  /** The first result lies at this revision of the guarded stream. */
  readonly repeats: (t: Test, revision: number) => void
  readonly waits: (t: Test) => void
}

interface When {
  readonly when: <Name extends CommandName>(name: Name, input: Inputs[Name], actor: Actor, now?: string) => Then
}

/** `given(facts).when(command, input, actor).then(t, ...facts)`: the facts lie in the log in this order, one leaf number each. */
export const given = (...history: readonly Fact[]): When => inBooks(booksOf(history))

/** The last of the facts is decided but not committed. */
export const givenInFlight = (...history: readonly Fact[]): When => {
  const books = booksOf(history.slice(0, -1))
  for (const fact of history.slice(-1)) books.append(fact, NOW, true)
  return inBooks(books)
}

export const booksOf = (history: readonly Fact[]): Books => {
  const books = new Books()
  for (const fact of history) books.append(fact, NOW)
  return books
}

const inBooks = (books: Books): When => ({
  when: (name, input, actor, now = NOW) => {
    const decision: Decision = deciders[name](books, input, { actor, now, id: NEW_ID })
    return {
      decision,
      // biome-ignore lint/suspicious/noThenProperty: the words are given, when, then; nobody awaits it
      then: (t, ...facts) => t.strictSame(decision, { kind: 'facts', facts }),
      refused: (t, code, on = 'state') => {
        const refusal = decision.kind === 'refused' ? decision.refusal : decision
        t.match(refusal, { code, onRequest: on === 'request' }, `${name}: ${code}`)
        if ('detail' in refusal) t.match(refusal.detail, /^[A-Z].+\.$/, refusal.detail)
      },
      repeats: (t, revision) => t.match(decision, { kind: 'repeat', revision }),
      waits: (t) => t.strictSame(decision, { kind: 'wait' }),
    }
  },
})
