import t from 'tap'
import { bind, Entry } from '../../src/commands/entry.js'
import { makeEvents } from '../../src/commands/make-events.js'
import { open } from '../../src/commands/open.js'
import { encode } from '../../src/store/encode.js'
import { admin } from '../support/actors.js'
import { idOf } from '../support/books.js'
import { opened } from '../support/facts.js'
import { NOW } from '../support/given.js'
import { settings } from '../support/loop.js'

const entry = new Entry(
  bind(open, { owner: 'ann' }, settings),
  { actor: admin, correlationId: 'c', idempotency: null },
  { serial: 0, arrived: 0, causationId: idOf(1) },
  { resolve: () => undefined, reject: () => undefined, done: () => undefined },
)
const make = (stream: string, revision: number) => () =>
  makeEvents(entry, [opened('ann')], { stream, revision, recordedAt: NOW }, encode)

t.test(
  'whatever a rule decides, a fact lies in the stream that guards it, and what begins a stream begins it',
  async (t) => {
    t.match(make('account-ann', 0)(), [{ event: { stream: 'account-ann', revision: 0 } }])
    t.throws(make('account-bob', 0), /AccountOpened does not belong in account-bob/)
    t.throws(make('account-ann', 1), /AccountOpened lies at the beginning of account-ann alone/)
  },
)
