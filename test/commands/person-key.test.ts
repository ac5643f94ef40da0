import t from 'tap'
import { personKeyOf } from '../../src/commands/person-key.js'

t.test('the key of a person goes by account and erasures, for ever', async (t) => {
  t.equal(personKeyOf('ann', 0), '7ce98d97-d6e9-8dc6-aed4-447db9b2e2b8', 'else nothing sealed before can be read')
  const all = ['ann', 'Ann', '0 ann', '1 ann', 'ann 1', ''].flatMap((account) =>
    [0, 1, 10].map((erasures) => personKeyOf(account, erasures)),
  )
  t.equal(new Set(all).size, all.length)
})
