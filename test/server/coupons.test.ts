import { connect } from 'node:net'
import t from 'tap'
import { couponsCommand } from '../../src/cli/coupons.js'
import { createCouponCodes } from '../../src/commands/coupon-codes.js'
import { names, prepare, redeem, shown, sumOf, tally } from '../support/redeeming.js'
import { asking, folder, run, serve, serveAt, since, tokenFor } from '../support/serving.js'

t.test('a coupon that a hundred clients redeem at once becomes the money of one of them, once', async (t) => {
  const data = folder(t)
  const { server, config, ask } = await serve(t, data)
  const accounts = names(100)

  await t.test('distinct accounts', async (t) => {
    const code = await prepare(ask, config, 'spring', accounts)
    const all = { address: server.address, config, code, batch: 'spring' }
    const replies = await Promise.all(accounts.map((name) => redeem(all, name)))
    t.strictSame(tally(replies), {
      '200': 1,
      '409 coupon_redeemed': 99,
    })
    t.equal(await sumOf(ask, accounts, replies), 1000n)
  })

  await t.test('one account', async (t) => {
    const code = await prepare(ask, config, 'summer', ['ann'])
    const all = { address: server.address, config, code, batch: 'summer' }
    const replies = await Promise.all(accounts.map(() => redeem(all, 'ann')))
    t.strictSame(tally(replies), { '200': 1, '409 coupon_redeemed': 99 })
    t.equal(await sumOf(ask, ['ann'], replies), 1000n)
  })

  await t.test(
    'one account, under one key: all get the reply of the first, and without the key it is redeemed',
    async (t) => {
      const code = await prepare(ask, config, 'autumn', ['bob'])
      const all = { address: server.address, config, code, batch: 'autumn' }
      const keyed = { ...all, headers: { 'idempotency-key': 'k' } }
      const replies = await Promise.all(accounts.map(() => redeem(keyed, 'bob')))
      t.strictSame(new Set(replies.map(({ text }) => text)), new Set(['{"amount":10,"namespace":"bob"}']))
      t.equal(replies.filter(({ headers }) => headers.get('idempotent-replayed') === 'true').length, 99)
      t.strictSame(tally([await redeem(all, 'bob')]), { '409 coupon_redeemed': 1 })
      t.equal(await sumOf(ask, ['bob'], replies), 1000n)
    },
  )

  await t.test('the books balance', async (t) => {
    await server.close()
    const { out, code } = await run('cli', data, ['trial-balance'], { COUNTERFOIL_DATA: data }).ended
    t.equal(code, 0)
    t.match(out, /CNY +30\.00 +0\.00 +expenses:promotions\n/)
    t.match(out, /The books balance\./)
  })
})

t.test('issuing again under the same key gives the same codes; without the key the batch is there', async (t) => {
  const { ask } = await serve(t, folder(t))
  const terms = { batch: 'spring', count: 1000, amount: '10', expiresAt: '2099-01-01T00:00:00.000Z' }
  const issue = (accept: string, key: string) =>
    ask('POST', '/v1/coupon-batches', terms, { accept, 'idempotency-key': key })
  const first = await issue('text/csv', 'k')
  t.equal(first.status, 201)
  t.equal(first.text.split('\r\n').length, 1002)
  const again = await issue('text/csv', 'k')
  t.strictSame([again.status, again.text, again.headers.get('idempotent-replayed')], [201, first.text, 'true'])
  const { coupons } = JSON.parse((await issue('*/*', 'k')).text)
  t.ok(coupons.every(({ serial, code }: Record<string, string>) => first.text.includes(`\r\n${serial},${code},`)))
  t.match(await issue('text/csv', 'other'), { status: 409, text: /batch_exists/ })
})

const USAGE = { code: 'usage', message: /coupons issue BATCH --count N/ }

t.test('the command line issues through the running server, and gives the same codes again', async (t) => {
  const data = folder(t)
  const settings = { COUNTERFOIL_DATA: data }
  const { server, config } = await serve(t, data)
  const coupons = (...args: readonly string[]) => run('cli', data, ['coupons', ...args], settings).ended
  const terms = ['--count', '2', '--amount', '10.50', '--expires', '2099-01-01']
  const terminal = { config, clock: Date.now, out: () => undefined, note: () => undefined, live: false }
  const first = await coupons('issue', 'spring', ...terms)
  const { codeOf } = createCouponCodes(Buffer.from(config.secret, 'utf8'))
  t.strictSame([first.code, first.err], [0, ''])
  t.equal(
    first.out,
    ['serial,code,amount,currency,expires_at', ...[1, 2].map((n) => `spring-${n},${codeOf(`spring-${n}`)},10.50,CNY`)]
      .map((row, n) => (n === 0 ? `${row}\r\n` : `${row},2099-01-01T00:00:00.000Z\r\n`))
      .join(''),
  )
  t.strictSame(await coupons('issue', 'spring', ...terms), first)
  const other = ['--count', '1', '--amount', '1', '--expires', '2099-01-01T12:00:00.000Z', '--currency', 'EUR']
  t.match(await coupons('issue', 'spring', ...other), { code: 1, out: '', err: /^batch_exists: A batch of this name/ })
  t.match(await coupons('issue', 'summer', ...other), { code: 0, out: /,1\.00,EUR,2099-01-01T12:00:00\.000Z\r\n$/ })
  t.match(await coupons('issue', 'autumn', ...terms, '--count', '1001'), { code: 1, err: /^invalid_request: / })
  for (const bad of [[], ['issue'], ['print', 'x', ...terms], ['issue', 'x', 'y', ...terms], ['issue', 'x', '--all']]) {
    await t.rejects(couponsCommand.run({ ...terminal, args: bad }), USAGE)
  }
  await t.rejects(couponsCommand.run({ ...terminal, args: ['issue', 'x', '--count', 'ten', ...terms.slice(2)] }), USAGE)
  await server.close()
  t.match(await coupons('issue', 'x', ...terms), { code: 1, err: /^server_not_running: / })
})

t.test(
  'under another secret no coupon is good, and none of its codes is given again, until the old one is back',
  async (t) => {
    const data = folder(t)
    const terms = { batch: 'spring', count: 1, amount: '10', expiresAt: '2099-01-01T00:00:00.000Z' }
    let code = ''
    const under = async (secret: string) => {
      const settings = { COUNTERFOIL_SECRET: secret.repeat(32) }
      const { server, ask } = await serveAt(t, data, Date.now, settings)
      await ask('POST', '/v1/accounts', { name: 'ann' })
      const again = await ask('POST', '/v1/coupon-batches', terms, { 'idempotency-key': 'k' })
      const [coupon] = JSON.parse(again.text).coupons ?? []
      code ||= coupon?.code
      const position = again.status === 201 ? since(again) : {}
      const found = await shown(() => ask('GET', `/payment/v1/coupon/${code}`, undefined, position))
      const redeemed = await ask('POST', '/payment/v1/redeem', { serial: 'spring-1', code, namespace: 'ann' })
      await server.close()
      return [again.status, found.status, redeemed.status, coupon?.code === code]
    }
    t.strictSame(await under('b'), [201, 200, 200, true])
    t.strictSame(await under('c'), [422, 404, 404, false])
    t.strictSame(await under('b'), [201, 200, 409, true])
  },
)

/** Sends bytes as they are; resolves with what came back. */
const raw = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
    socket.setEncoding('utf8')
    socket.on('data', (text) => {
      said += text
    })
    socket.on('close', () => resolve(said))
    socket.on('error', reject)
  })

t.test('a server prints no code, and tells none to who knows none, whatever it is sent', async (t) => {
  const { server, config, ask, said } = await serve(t, folder(t))
  const code = await prepare(ask, config, 'spring', ['ann'])
  const port = Number(new URL(server.address).port)
  const token = tokenFor(config, 'ann')
  const url = `/payment/v1/coupon/${code}`
  const found = await asking(server.address, token)('GET', url)
  t.match(found, { status: 200, text: '"serial":"spring-1","amount":10,' })
  const replies = [found.text]
  for (const bad of [url, `${url}%zz`, `${url}%ff`, `${url}/x`, `/%${code}`, `${url}\u0001`, `//${code}`, `*${code}`]) {
    for (const head of [
      `GET ${bad} HTTP/1.1`,
      `POST ${bad} HTTP/1.1`,
      `GET ${bad} HTTP/9`,
      `${code} ${bad} HTTP/1.1`,
    ]) {
      replies.push(await raw(port, `${head}\r\nHost: x\r\nAuthorization: ${token}\r\nConnection: close\r\n\r\n`))
    }
  }
  replies.push(await raw(port, `GET /health HTTP/1.1\r\nHost: ${code}\r\n${code}\r\n\r\n`))
  t.ok(replies.length > 30)
  t.same(
    replies.filter((text) => text.includes(code)),
    [],
  )
  await server.close()
  t.notMatch(await said(), code)
})
