import t from 'tap'
import type { DoubtQuery } from '../../../src/commands/doubts.js'
import { bearer, createWorld } from '../world.js'

t.test('a page may end within an account', async (t) => {
  const asked: DoubtQuery[] = []
  const { app } = createWorld(undefined, {
    doubts: (query) => {
      asked.push(query)
      return { doubts: [], next: 'zoë 12' }
    },
  })
  const headers = { authorization: bearer('root', { roles: ['admin'] }) }
  const get = (url: string) => app.inject({ url, headers })
  const { next } = (await get('/v1/checkouts?limit=1')).json()
  t.equal((await get(`/v1/checkouts?limit=1&cursor=${next}`)).statusCode, 200)
  t.match(asked, [{ after: '' }, { after: 'zoë 12', max: 1 }])
  const cursorOf = (place: string): string => Buffer.from(place).toString('base64url')
  for (const place of [' 12', 'zoë  12', 'zoë x', 'zoë\n']) {
    t.match((await get(`/v1/checkouts?cursor=${cursorOf(place)}`)).json(), { code: 'cursor_invalid' }, place)
  }
})
