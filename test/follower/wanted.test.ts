import t from 'tap'
import { createWanted } from '../../src/follower/wanted.js'

t.test('what somebody wants to read is written when it is folded, and the log is looked at for it', (t) => {
  const done: string[] = []
  const wanted = createWanted({ hurry: () => done.push('hurry'), store: (projection) => done.push(projection) })
  wanted.passed('ledger', 3)
  wanted.want('ledger', 3)
  t.same(done.splice(0), ['ledger'], 'folded already')
  wanted.want('ledger', 5)
  wanted.want('coupons', 0)
  t.same(done.splice(0), ['hurry', 'hurry'])
  wanted.passed('ledger', 4)
  t.same(done.splice(0), ['ledger'], 'a part: somebody may have wanted no more')
  wanted.passed('ledger', 6)
  wanted.passed('ledger', 7)
  t.same(done.splice(0), ['ledger'], 'once')
  wanted.passed('coupons', 0)
  t.same(done, ['coupons'])
  t.end()
})
