import t from 'tap'
import { bearer, createWorld, id } from '../http/world.js'
import { billRequests } from './bill.js'
import { compare, listed, SEEDS_LEFT_OUT, sectionsOf, seedDocument } from './check-documents.js'
import { replay } from './replay.js'

const money = { currency: 'EUR' }

t.test('every request of seed 001 is answered in its shape and types', async (t) => {
  const { app } = createWorld([
    { type: 'AccountOpened', data: { owner: 'foo', creditLimit: '500.00', ...money } },
    { type: 'AccountOpened', data: { owner: 'user1', creditLimit: '0.00', ...money } },
    { type: 'Recharged', data: { transfer: id(2), account: 'foo', amount: '1000.00', method: 'manual', ...money } },
    { type: 'Traded', data: { order: id(3), buyer: 'foo', seller: 'user1', amount: '100.00', ...money } },
  ])
  await replay(t, app, billRequests('3'), (user, roles) => bearer(user, { roles }).slice('Bearer '.length))
})

t.test('the table leaves nothing of the document out, and invents nothing', async (t) => {
  const document = seedDocument('001')
  if (document === null) {
    t.pass(SEEDS_LEFT_OUT)
    return
  }
  const sections = sectionsOf(document)
  t.equal(sections.length, 6)
  t.strictSame(
    sections.map(({ heading }) => heading),
    listed(document),
  )
  t.strictSame(compare(sections, billRequests('3')), [])
})

t.test('the comparison finds what is left out, and what is invented', async (t) => {
  const [info, ...rest] = billRequests('3')
  if (info === undefined) throw new Error('an empty table')
  const sections = [
    { heading: info.heading, inputs: ['x'], outputs: ['actual_balance', 'available_balance', 'y'] },
    { heading: 'GET /bill/forgotten', inputs: [], outputs: [] },
  ]
  t.strictSame(compare(sections, [info]), [
    'GET /bill/:loginname/info: the input x is not on the other side',
    'GET /bill/:loginname/info: the output y is not on the other side',
    "GET /bill/:loginname/info: the table's output credit_limit is not on the other side",
    'GET /bill/forgotten: not in the table',
  ])
  t.match(compare([], rest.slice(0, 1)), ['GET /bill/:loginname/detail: invented'])
})
