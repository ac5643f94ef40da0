import type { RequestListener } from 'node:http'
import t, { type Test } from 'tap'
import { impostor } from '../support/impostor.js'
import { run } from '../support/serving.js'

/** A renewal asked of something else at the address where the server was. */
const against = async (t: Test, answer: RequestListener, args: readonly string[] = []) => {
  const cwd = await impostor(t, answer)
  return run('cli', cwd, ['renew', ...args]).ended
}

const counts = { renewed: 5, pastDue: 1, ended: 2, declined: 4, unchanged: 3, failed: 0 }
const lineOf = (line: object): string => `${JSON.stringify(line)}\n`
const said = '5 periods renewed, 1 past due, 2 ended, 4 declined again, 3 unchanged'

t.test('the day goes to the server, and what it says is shown', async (t) => {
  let asked = ''
  const answer: RequestListener = (request, reply) => {
    request.on('data', (piece) => {
      asked += `${request.method} ${request.url} ${piece}`
    })
    request.on('end', () =>
      reply.end(lineOf({ kind: 'progress', done: counts }) + lineOf({ kind: 'done', result: counts })),
    )
  }
  const ended = await against(t, answer, ['--as-of', '2026-05-01'])
  t.equal(asked, 'POST /v1/renewals {"asOf":"2026-05-01"}')
  t.match(ended, { code: 0, out: `${said}.\n`, err: new RegExp(`^${said}\n$`) })
})

t.test('what could not be asked for has an exit code of its own', async (t) => {
  const result = { ...counts, failed: 4 }
  const ended = await against(t, (_request, reply) => reply.end(lineOf({ kind: 'done', result })))
  t.match(ended, { code: 3, out: `${said}.\n4 could not be asked now; run it again.\n` })
})

t.test('a run that ended badly, or whose server went away, is told with a code', async (t) => {
  const failed = { kind: 'failed', code: 'busy', detail: 'the write model is behind' }
  const late = await against(t, (_request, reply) => reply.end(lineOf(failed)))
  t.match(late, { code: 1, err: 'busy: the write model is behind\n' })
  const gone: RequestListener = (_request, reply) => {
    reply.write(lineOf({ kind: 'progress', done: counts }))
    setTimeout(() => reply.destroy(), 200)
  }
  const broken = {
    code: 1,
    err: new RegExp(`^${said}\nrenewal_interrupted: the server broke off; what was charged is`),
  }
  t.match(await against(t, gone), broken)
  const short = lineOf({ kind: 'progress', done: counts })
  t.match(await against(t, (_request, reply) => reply.end(short)), broken)
})
