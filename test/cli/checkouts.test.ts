import type { RequestListener } from 'node:http'
import t, { type Test } from 'tap'
import { nothingAsked } from '../../src/commands/asked.js'
import { impostor } from '../support/impostor.js'
import { run } from '../support/serving.js'

/** Asked of something else at the address where the server was. */
const against = async (t: Test, answer: RequestListener, ...args: readonly string[]) => {
  const cwd = await impostor(t, answer)
  return run('cli', cwd, ['checkouts', ...args]).ended
}

const lineOf = (line: object): string => `${JSON.stringify(line)}\n`
const done = { ...nothingAsked, paid: 2, failed: 1, pending: 4 }
const said =
  '2 paid, 1 failed, 0 settled, 0 returned, 0 given back, 0 refunded, 0 not refunded, 4 on their way, 0 in doubt'

t.test('how old goes to the server, and what it says is shown', async (t) => {
  let asked = ''
  const missed = { ...nothingAsked, missed: 1 }
  const answer: RequestListener = (request, reply) => {
    request.on('data', (piece) => {
      asked += `${request.method} ${request.url} ${piece}`
    })
    const lines = [
      { kind: 'progress', done: missed },
      { kind: 'progress', done },
      { kind: 'done', result: done },
    ]
    request.on('end', () => reply.end(lines.map(lineOf).join('')))
  }
  const ended = await against(t, answer, 'settle', '--older', '5')
  t.equal(asked, 'POST /v1/checkouts/settle {"olderMinutes":5}')
  t.match(ended, { code: 0, out: `${said}.\n`, err: new RegExp(`^${said}\n$`) })
})

t.test('while one is in doubt, it says that it asks again', async (t) => {
  const missed = lineOf({ kind: 'progress', done: { ...nothingAsked, missed: 1 } })
  const { code, err } = await against(t, (_request, reply) => reply.end(missed), 'settle')
  t.equal(code, 1)
  t.match(err, /^0 paid, .*1 in doubt, asking again in a minute\n/)
})

t.test('what stays in doubt has an exit code of its own', async (t) => {
  const result = { ...nothingAsked, stuck: 1, missed: 1, unanswered: 1 }
  const ended = await against(t, (_request, reply) => reply.end(lineOf({ kind: 'done', result })), 'settle')
  t.match(ended, { code: 3, out: /3 in doubt\.\nSome are in doubt; counterfoil checkouts shows them/ })
})

t.test('what was too young to be asked about is counted', async (t) => {
  const result = { ...nothingAsked, young: 1 }
  const ended = await against(t, (_request, reply) => reply.end(lineOf({ kind: 'done', result })), 'settle')
  t.match(ended, { code: 0, out: /, 0 in doubt, 1 too young to be asked about\.\n$/ })
})

t.test('of one state alone, on every page; where there is none, that is said', async (t) => {
  const asked: (string | undefined)[] = []
  const answer: RequestListener = ({ url }, reply) => {
    asked.push(url)
    reply.end(JSON.stringify({ checkouts: [], next: asked.length === 1 ? 'abc' : null }))
  }
  const ended = await against(t, answer, '--state', 'open')
  t.match(ended, { code: 0, out: 'There is none.\n' })
  t.same(asked, ['/v1/checkouts?state=open', '/v1/checkouts?state=open&cursor=abc'])
})

t.test('a run that ended badly, or whose server went away, is told with a code', async (t) => {
  const failed = { kind: 'failed', code: 'busy', detail: 'the write model is behind' }
  const late = await against(t, (_request, reply) => reply.end(lineOf(failed)), 'settle')
  t.match(late, { code: 1, err: 'busy: the write model is behind\n' })
  const gone: RequestListener = (_request, reply) => reply.end(lineOf({ kind: 'progress', done }))
  t.match(await against(t, gone, 'settle'), { code: 1, err: /\nsettling_interrupted: the server broke off; what is/ })
})

const result = { checkout: 'c/1', account: 'ann', state: 'failed', said: 'its charge t is of 23.00 EUR' }

t.test('a checkout that is to fail is named to the server, and what it says is shown', async (t) => {
  const asked: unknown[] = []
  const answer: RequestListener = ({ method, url }, reply) => {
    asked.push(`${method} ${url}`)
    reply.end(lineOf({ kind: 'done', result }))
  }
  const ended = await against(t, answer, 'fail', 'c/1')
  t.same(asked, ['POST /v1/checkouts/c%2F1/fail'])
  const said = 'The checkout c/1 of ann has failed: its charge t is of 23.00 EUR.\n'
  t.match(ended, { code: 0, out: said })
  t.match(ended.out, /gives back what was charged/)
})

t.test('one that is paid after all, or is not in such doubt, has not failed', async (t) => {
  const end = { kind: 'done', result: { ...result, state: 'paid', said: 'it has made the charge t' } }
  const paid = await against(t, (_request, reply) => reply.end(lineOf(end)), 'fail', '7')
  t.match(paid, { code: 3, out: 'The checkout c/1 of ann is paid, as was asked for: it has made the charge t.\n' })
  const failed = { kind: 'failed', code: 'checkout_not_in_doubt', detail: 'ask again later' }
  const early = await against(t, (_request, reply) => reply.end(lineOf(failed)), 'fail', '7')
  t.match(early, { code: 1, err: 'checkout_not_in_doubt: ask again later\n' })
})

t.test('the list is read page by page', async (t) => {
  const one = { state: 'open', account: 'ann', checkout: 'c-1', since: 'then', amount: '1.00', currency: 'EUR' }
  const two = { ...one, state: 'refund', checkout: undefined, refund: 'r-1', said: 'soon' }
  const pages: Readonly<Record<string, object>> = {
    '/v1/checkouts': { checkouts: [one], next: 'abc' },
    '/v1/checkouts?cursor=abc': { checkouts: [two], next: null },
  }
  const ended = await against(t, (request, reply) => reply.end(JSON.stringify(pages[request.url ?? ''])))
  t.match(ended, { code: 0, out: 'open ann c-1 1.00 EUR since then\nrefund ann r-1 1.00 EUR since then: soon\n' })
})

t.test('a command line that is wrong is told so', async (t) => {
  const cwd = await impostor(t, (_request, reply) => reply.end())
  const wrong = ['x', 'settle now', 'settle --older x', '--older 5', '--newer', 'settle --state open', 'fail']
  wrong.push('fail 1 2', 'fail 1 --older 5', 'fail 1 --state open')
  const all = wrong.map((line) => run('cli', cwd, ['checkouts', ...line.split(' ')]).ended)
  for (const [at, ended] of (await Promise.all(all)).entries()) {
    const err = /^usage: .*; checkouts takes \[--state STATE\], settle \[--older MINUTES\], or fail CHECKOUT\n$/
    t.match(ended, { code: 2, err }, `${wrong[at]}`)
  }
})
