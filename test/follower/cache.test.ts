import t from 'tap'
import { Cache } from '../../src/follower/cache.js'

t.test('it forgets what was not used for long, and keeps what was', async (t) => {
  const cache = new Cache<number>(2)
  for (const [i, key] of ['a', 'b', 'c'].entries()) cache.set(key, i)
  cache.age()
  t.equal(cache.get('a'), 0)
  cache.age()
  t.equal(cache.get('b'), 1, 'nothing is forgotten before there is enough')
  cache.age()
  cache.set('d', 3)
  t.equal(cache.get('a'), 0)
  cache.age()
  t.equal(cache.get('c'), undefined)
  t.equal(cache.get('b'), undefined)
  t.equal(cache.get('a'), 0)
  t.equal(cache.get('d'), 3)
})
