import t from 'tap'
import { Cache } from '../../src/follower/cache.js'

t.test('it forgets what was not used for long, and keeps what was', async (t) => {
  const cache = new Cache<number>(2)
  for (const [i, key] of ['a', 'b', 'c'].entries()) cache.set(key, i)
  t.equal(cache.get('a'), 0)
  cache.set('d', 3)
  t.equal(cache.get('b'), undefined)
  t.equal(cache.get('a'), 0)
  t.equal(cache.get('d'), 3)
})
