import Database from 'better-sqlite3'
import t from 'tap'
import { readBookFile } from '../../src/commands/book-file.js'
import { BookWriter } from '../../src/commands/book-writer.js'
import { Books } from '../../src/commands/books.js'
import { bind, Entry } from '../../src/commands/entry.js'
import type { LaneWorld } from '../../src/commands/lane-world.js'
import { Lanes } from '../../src/commands/lanes.js'
import { open } from '../../src/commands/open.js'
import { encode } from '../../src/store/encode.js'
import { createMemoryEventStore } from '../../src/store/memory.js'
import { admin } from '../support/actors.js'
import { idOf } from '../support/books.js'
import { NOW } from '../support/given.js'
import { settings } from '../support/loop.js'

const opening = (owner: string): Entry =>
  new Entry(
    bind(open, { owner }, settings),
    { actor: admin, correlationId: 'c', idempotency: null },
    { serial: 0, arrived: 0, causationId: idOf(1) },
    { resolve: () => undefined, reject: () => undefined, done: () => undefined },
  )

t.test('idle lanes go when they are too many, and those that are busy stay', async (t) => {
  const database = new Database(':memory:')
  new BookWriter(database)
  const world: LaneWorld = {
    books: new Books(readBookFile(database), { accounts: 10, others: 10 }),
    store: createMemoryEventStore(),
    encode,
    now: () => NOW,
    behind: () => false,
    catchUp: async () => undefined,
    read: async () => undefined,
    submit: () => undefined,
    wait: async () => undefined,
  }
  const lanes = new Lanes(world, 3)
  const busy = lanes.at('account-ann')
  busy.submit(opening('ann'))
  t.notOk(busy.idle)
  const idle = lanes.at('account-bob')
  t.equal(lanes.at('account-bob'), idle, 'one lane for a stream')
  lanes.at('account-cid')
  lanes.at('account-dan')
  t.equal(lanes.size, 2)
  t.equal(lanes.get('account-ann'), busy)
  t.equal(lanes.get('account-bob'), undefined)
  t.not(lanes.at('account-bob'), idle)
})

t.test('the first answer of a command counts', async (t) => {
  const said: string[] = []
  const entry = new Entry(
    bind(open, { owner: 'ann' }, settings),
    { actor: admin, correlationId: 'c', idempotency: null },
    { serial: 0, arrived: 0, causationId: idOf(1) },
    {
      resolve: ({ kind }) => said.push(kind),
      reject: (error) => said.push(String(error)),
      done: () => said.push('done'),
    },
  )
  entry.fail('too late')
  entry.answer({ kind: 'key-reused' })
  entry.fail('again')
  t.strictSame(said, ['done', 'too late'])
})
