import t from 'tap'
import { epochSeconds } from '../../../src/http/subscription/time.js'

t.test('an instant is whole seconds since 1970, never rounded up', async (t) => {
  t.equal(epochSeconds('2020-06-19T03:41:05.000Z'), '1592538065')
  t.equal(epochSeconds('2020-06-19T03:41:05.999Z'), '1592538065')
  t.equal(epochSeconds('1970-01-01T00:00:00.000Z'), '0')
  t.equal(epochSeconds('1969-12-31T23:59:59.500Z'), '-1')
})
