import t from 'tap'
import { createOwed } from '../../src/follower/owed.js'

const owing = () => {
  const asked: string[] = []
  const owed = createOwed((projection, leaf) => asked.push(`${projection} ${leaf}`))
  const passed = (leaf: number, stored = leaf) =>
    owed.passed({ leaves: new Map([['ledger', leaf]]), stored: new Map(stored < leaf ? [['ledger', stored]] : []) })
  const settled: string[] = []
  const read = (name: string) =>
    Promise.resolve(owed.stored('ledger')).then(
      () => settled.push(name),
      () => settled.push(`${name} refused`),
    )
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return { owed, asked, passed, settled, read, turn }
}

t.test('nobody reads before what is owed is folded and written', async (t) => {
  const { owed, asked, passed, settled, read, turn } = owing()
  await read('nothing is owed')
  t.ok(owed.owe('ledger', 4))
  t.ok(owed.owe('ledger', 3))
  const reads = [read('first'), read('second')]
  passed(3)
  passed(4, 3)
  await turn()
  t.same(settled, ['nothing is owed'])
  t.same(asked, ['ledger 4'], 'once for all who wait')
  passed(5, 4)
  await Promise.all(reads)
  t.same(settled, ['nothing is owed', 'first', 'second'])
  const third = read('third')
  passed(5)
  await third
  t.same(asked, ['ledger 4', 'ledger 5'], 'what was told as passed is owed too')
  await read('all is written')
  t.same(asked.length, 2)
})

t.test('views that are too far behind are owed nothing more', async (t) => {
  const { owed, passed } = owing()
  t.ok(owed.owe('ledger', 499))
  t.notOk(owed.owe('ledger', 500))
  passed(0)
  t.ok(owed.owe('ledger', 500))
  t.notOk(owed.owe('ledger', 501))
})

t.test('a reader is refused what is not written in time, and nothing is owed until something is', async (t) => {
  const { owed, asked, passed, settled, read } = owing()
  passed(1)
  t.ok(owed.owe('ledger', 2))
  await t.rejects(Promise.resolve(owed.stored('ledger')), { code: 'views_unreachable', message: /ledger/ })
  t.notOk(owed.owe('ledger', 3))
  passed(3, 1)
  t.notOk(owed.owe('ledger', 4), 'folded, and still not written')
  passed(3, 1)
  t.equal(owed.upTo('ledger'), 3)
  t.equal(owed.upTo('coupons'), -1)
  const later = read('later')
  t.same(asked, ['ledger 2', 'ledger 3'])
  passed(3)
  await later
  t.same(settled, ['later'])
  t.ok(owed.owe('ledger', 4))
})

t.test(
  'before an end all that is owed is asked for, and what cannot be paid is waited for no longer than by a reader',
  async (t) => {
    const { owed, asked, passed } = owing()
    owed.owe('ledger', 1)
    owed.owe('coupons', 2)
    const paid = owed.paid()
    t.same(asked, ['ledger 1', 'coupons 2'])
    passed(1)
    await paid
    t.notOk(owed.owe('coupons', 3))
  },
)
