import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { adminToken, asking, configOf, folder, run } from '../support/serving.js'

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`${signal} answers the requests under way, then ends with 0`, async (t) => {
    const cwd = folder(t)
    const server = run('main', cwd)
    const address = await server.address
    const found = join(cwd, 'data', 'server.json')
    t.same(JSON.parse(readFileSync(found, 'utf8')), { pid: server.pid, address })

    const token = adminToken(configOf(join(cwd, 'data')))
    const socket = connect(Number(new URL(address).port), '127.0.0.1')
    let reply = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      reply += text
    })
    const body = '{"name":"alice"}'
    socket.write(
      `POST /v1/accounts HTTP/1.1\r\nHost: x\r\nAuthorization: ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n{`,
    )
    await asking(address, token)('GET', '/health')
    server.kill(signal)
    server.kill(signal)
    while (existsSync(found)) await new Promise((resolve) => setTimeout(resolve, 5))
    socket.write(body.slice(1))
    t.match(await server.ended, { code: 0, err: '' })
    t.match(reply, 'HTTP/1.1 201 Created')
    t.match(reply, /connection: close/i)
    t.notOk(existsSync(found), 'server.json is gone')

    const again = run('main', cwd)
    const next = await again.address
    t.equal((await asking(next, token)('GET', '/v1/accounts/alice')).status, 200, 'what was acknowledged is there')
    t.same(JSON.parse(readFileSync(found, 'utf8')), { pid: again.pid, address: next }, 'and written anew')
    again.kill(signal)
    t.equal((await again.ended).code, 0)
  })
}
