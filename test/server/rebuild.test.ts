import { connect } from 'node:net'
import t from 'tap'
import { manyTrades } from '../support/many.js'
import { asking, folder, serve, tokenFor } from '../support/serving.js'

const linesOf = (text: string): readonly { kind: string }[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const TRADES = 10_000

t.test('views are made anew beside those that are read', async (t) => {
  const { ask, config, server } = await serve(t, folder(t))
  await manyTrades(ask, TRADES)
  const shown = (await ask('GET', '/v1/accounts/shop')).text

  await t.test('its progress comes line by line, reads go on, and nothing is different', async (t) => {
    let rebuilding = true
    const rebuild = ask('POST', '/v1/rebuilds', { view: 'balances' }).finally(() => {
      rebuilding = false
    })
    const reads: string[] = []
    while (rebuilding) reads.push((await ask('GET', '/v1/accounts/shop')).text)
    t.ok(reads.length > 1, `${reads.length} reads meanwhile`)
    t.same([...new Set(reads)], [shown])
    const { status, text, headers } = await rebuild
    t.equal(status, 200)
    t.match(headers.get('content-type'), 'application/x-ndjson')
    const lines = linesOf(text)
    t.match(lines[0], { kind: 'progress', done: 500, total: TRADES + 3 })
    t.match(lines.at(-1), {
      kind: 'done',
      results: [{ projection: 'ledger', events: TRADES + 3, different: 0, moved: 0 }],
    })
    t.equal((await ask('GET', '/v1/accounts/shop')).text, shown)
  })

  await t.test('one at a time; one that nobody waits for any more still ends', async (t) => {
    const { hostname, port } = new URL(server.address)
    const leaving = connect(Number(port), hostname)
    const said = new Promise<string>((resolve) => leaving.once('data', (bytes) => resolve(String(bytes))))
    leaving.write(
      `POST /v1/rebuilds HTTP/1.1\r\nHost: x\r\nAuthorization: ${tokenFor(config, 'root', ['admin'])}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
    )
    t.match(await said, 'HTTP/1.1 200')
    leaving.destroy()
    const second = await ask('POST', '/v1/rebuilds', {})
    t.equal(second.status, 409)
    t.match(second.text, '"code":"rebuild_running"')
    for (let last = second; ; last = await ask('POST', '/v1/rebuilds', { view: 'ledger' })) {
      if (last.status === 409) continue
      t.match(linesOf(last.text).at(-1), { kind: 'done', results: [{ build: '4.4', different: 0 }] })
      break
    }
  })

  await t.test('not for everyone, and not for what is no view', async (t) => {
    for (const role of ['auditor', 'finance', 'service']) {
      const asked = asking(server.address, tokenFor(config, 'eve', [role]))
      t.equal((await asked('POST', '/v1/rebuilds', {})).status, 403, role)
    }
    const { status, text } = await ask('POST', '/v1/rebuilds', { view: 'everything' })
    t.equal(status, 404)
    t.match(text, '"code":"view_not_found"')
    t.equal((await ask('POST', '/v1/rebuilds', { view: 1 })).status, 400)
  })

  await t.test('a stop breaks it off at once, and the live views are as they were', async (t) => {
    const rebuild = ask('POST', '/v1/rebuilds', {})
    await ask('GET', '/health')
    const before = Date.now()
    await server.close()
    t.match(linesOf((await rebuild).text).at(-1), {
      kind: 'failed',
      code: 'shutting_down',
      detail: 'the server is stopping; the live build is as it was',
    })
    t.ok(Date.now() - before < 5_000)
    const again = await serve(t, config.data)
    t.equal((await again.ask('GET', '/v1/accounts/shop')).text, shown)
  })
})
