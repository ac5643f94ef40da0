import t from 'tap'
import { NOW } from '../support/given.js'
import { start } from './instances-world.js'
import { admin, bearer, CREDENTIALS } from './world.js'

t.test('the owner is shown the credentials, as the document has them, and that is recorded', async (t) => {
  const { provision, fetch, log } = await start(t)
  const made = await provision()
  t.equal(made.status, 201)
  t.match(made.json(), { type: 'InstanceProvisioned', leaf: 2, instance: 'i-1', serviceVersion: 1, owner: 'alice' })
  const shown = await fetch(bearer('alice'))
  t.equal(shown.status, 200)
  t.strictSame(shown.json(), CREDENTIALS)
  t.match((await log()).at(-1), {
    type: 'InstanceCredentialsFetched',
    data: { instance: 'i-1', owner: 'alice' },
    metadata: { actor: 'alice' },
  })
  t.equal((await fetch(bearer('shop', { roles: ['service'], accounts: ['alice'] }))).status, 200)
  t.equal((await fetch(admin())).status, 200)
})

t.test('to others, and of what never was, there is one and the same refusal', async (t) => {
  const { ask, provision, fetch, types } = await start(t)
  await provision()
  const others = [bearer('bob'), bearer('eve', { roles: ['auditor'] }), bearer('fin', { roles: ['finance'] })]
  const refused = await Promise.all([
    ...others.map((who) => fetch(who)),
    ...[bearer('bob'), admin()].map((who) => ask(who, '/integration/v1/instance/i-2')),
  ])
  for (const { status, text } of refused) t.strictSame([status, text], [404, refused[0]?.text])
  t.match(refused[0]?.json(), { code: 'instance_not_found' })
  t.strictSame(await types(), ['InstanceProvisioned'])
})

t.test('a fetch needs no body, and takes an empty one, or an empty object', async (t) => {
  const { app, provision } = await start(t)
  await provision()
  const send = async (payload: string | undefined, type?: string) => {
    const headers = { authorization: bearer('alice'), ...(type !== undefined && { 'content-type': type }) }
    const url = '/integration/v1/instance/i-1/'
    return (await app.inject({ method: 'POST', url, headers, ...(payload !== undefined && { payload }) })).statusCode
  }
  t.equal(await send(undefined), 200)
  t.equal(await send('', 'application/x-www-form-urlencoded'), 200)
  t.equal(await send('{}', 'application/x-www-form-urlencoded'), 200)
  t.equal(await send('{"port":1}', 'application/json'), 400)
})

t.test('a port is text, or a number as it was written', async (t) => {
  const { provision, kept, control } = await start(t)
  const send = (port: unknown, n: number) => provision({ instance: `p-${n}`, credentials: { ...CREDENTIALS, port } })
  for (const [n, port] of [1, 65_535, '1', '443', '65535'].entries()) {
    t.equal((await send(port, n)).status, 201, `${port}`)
    t.match(JSON.parse((await kept.get(control.put.at(-1) ?? '')) ?? ''), { port: String(port) })
  }
  for (const port of [0, -1, 65_536, 1.5, '', '0', '080', '65536', '1e3', ' 1', null, [1]]) {
    const { status, json } = await send(port, 9)
    t.equal(status, 400, JSON.stringify(port))
    t.match(json(), { code: 'invalid_request', detail: 'body/credentials/port: a port from 1 to 65535 was expected' })
  }
})

t.test('credentials that do not fit are refused, and not shown in the refusal', async (t) => {
  const { provision, control } = await start(t)
  const { password: _, ...without } = CREDENTIALS
  const secret = 'x'.repeat(1_025)
  const marked = { ...CREDENTIALS, password: 'Tr0ub4dor' }
  for (const credentials of [
    without,
    'Tr0ub4dor',
    null,
    { ...marked, password: secret },
    { ...marked, password: ['Tr0ub4dor'] },
    { ...marked, uri: '' },
    { ...marked, passphrase: 'Tr0ub4dor' },
  ]) {
    const { status, text } = await provision({ credentials })
    t.equal(status, 400)
    t.notMatch(text, /Tr0ub4dor|xxx/)
  }
  t.equal((await provision({ credentials: { ...CREDENTIALS, name: '', username: '', password: '' } })).status, 201)
  t.equal(control.put.length, 1)
})

t.test('when an instance is gone nobody is shown its credentials, and there are none', async (t) => {
  const { provision, fetch, end, types, alive } = await start(t)
  await provision()
  const key = { 'idempotency-key': 'k' }
  const first = await fetch(bearer('alice'), key)
  t.equal(first.status, 200)
  t.match((await end()).json(), { type: 'InstanceDeprovisioned', instance: 'i-1', owner: 'alice' })
  t.equal(await alive(), 0)
  t.equal((await fetch(bearer('alice'))).json().code, 'instance_not_found')
  const repeated = await fetch(bearer('alice'), key)
  t.equal(repeated.json().code, 'instance_not_found', 'not to who repeats a request either')
  const place = String(first.headers['ledger-position'])
  t.match(
    repeated.headers,
    { 'ledger-position': place, 'idempotent-replayed': 'true' },
    'that it lies in the log is said',
  )
  t.equal((await provision()).json().code, 'instance_exists')
  t.strictSame(await types(), ['InstanceProvisioned', 'InstanceCredentialsFetched', 'InstanceDeprovisioned'])
})

t.test('an instance is seen by its owner and by those who read everything, never with its credentials', async (t) => {
  const { ask, provision, fetch, end } = await start(t)
  await provision()
  const url = '/v1/instances/i-1'
  const running = {
    instance: 'i-1',
    service: 'db',
    serviceVersion: 1,
    owner: 'alice',
    state: 'running',
    provisionedAt: NOW,
    leaf: 2,
  }
  for (const who of [bearer('alice'), bearer('eve', { roles: ['auditor'] }), admin()]) {
    t.strictSame((await ask(who, url)).json(), running)
  }
  const stranger = await ask(bearer('bob'), url)
  t.strictSame([stranger.status, stranger.json().code], [404, 'instance_not_found'])
  t.equal((await ask(bearer('bob'), '/v1/instances/i-2')).json().detail, stranger.json().detail)
  t.equal((await ask(bearer('bob'), `${url}/fetches`)).status, 404)
  for (const who of ['alice', 'alice', 'root']) await fetch(who === 'root' ? admin() : bearer(who))
  await end()
  t.match((await ask(bearer('alice'), url)).json(), { state: 'gone', deprovisionedAt: NOW, leaf: 6 })
})

t.test('who was shown the credentials is listed in pages, the newest first', async (t) => {
  const { ask, provision, fetch } = await start(t)
  await provision()
  for (const who of [bearer('alice'), admin(), bearer('shop', { accounts: ['alice'] })]) await fetch(who)
  const url = '/v1/instances/i-1/fetches'
  const whole = (await ask(bearer('alice'), url)).json()
  t.strictSame(whole, {
    fetches: [
      { leaf: 5, actor: 'shop', fetchedAt: NOW },
      { leaf: 4, actor: 'root', fetchedAt: NOW },
      { leaf: 3, actor: 'alice', fetchedAt: NOW },
    ],
    next: null,
  })
  const first = await ask(bearer('alice'), `${url}?limit=2`)
  t.strictSame(first.json().fetches, whole.fetches.slice(0, 2))
  const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? ''
  t.ok(next.includes(first.json().next))
  t.strictSame((await ask(bearer('alice'), next)).json(), { fetches: whole.fetches.slice(2), next: null })
  t.equal((await ask(bearer('alice'), `${url}?cursor=x`)).json().code, 'cursor_invalid')
})
