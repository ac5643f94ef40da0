import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openSqliteEventLog } from '../src/store/sqlite.js'
import { root } from './support/root.js'
import { asking, folder, ready, run, serve } from './support/serving.js'

const BETWEEN = '@@ the next block @@'

interface Block {
  readonly language: string
  readonly text: string
}

/** The fenced blocks of one section of the README. */
const blocksOf = (section: string): readonly Block[] => {
  const [, text = ''] =
    new RegExp(`\n## ${section}\n([\\s\\S]*?)\n## `).exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? []
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }))
}

/** Without the space that only makes it readable; in JSON that is all outside of strings. */
const plain = ({ language, text }: Block): string =>
  language === 'json' ? text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1') : text

/** What must come word for word, but for `…`. */
const patternOf = (expected: string): RegExp =>
  new RegExp(
    `^${expected
      .split('…')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('[^"\\s]+')}$`,
  )

const bash = async (cwd: string, script: string, env: Readonly<Record<string, string>>) => {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd, env: { ...process.env, ...env } })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const [code] = await once(child, 'close')
  return { code, out, err }
}

t.test('the walk of the README does what it shows', async (t) => {
  const home = folder(t)
  const server = run('main', home, ['--demo'])
  const address = await server.address
  await ready(asking(address, ''))
  while (!server.out().includes('README.md')) await new Promise((resolve) => setTimeout(resolve, 10))
  const blocks = blocksOf('A walk')
  const commands = blocks.filter(({ language }) => language === 'sh')
  t.ok(commands.length > 8)
  const script = commands.map(({ text }) => `${text}\necho '${BETWEEN}'\n`).join('')
  const data = join(home, 'data')
  const walked = await bash(root, script.replaceAll('http://127.0.0.1:8080', address), { COUNTERFOIL_DATA: data })
  t.equal(walked.code, 0, walked.err)
  const replies = walked.out.split(`${BETWEEN}\n`)
  for (const [index, command] of commands.entries()) {
    const shown = blocks[blocks.indexOf(command) + 1]
    const reply = replies[index] ?? ''
    if (shown === undefined || shown.language === 'sh') t.equal(reply, '', command.text)
    else t.match(plain({ ...shown, text: reply }), patternOf(plain(shown)), command.text)
  }

  await t.test('and so does what the demo itself prints', async (t) => {
    const said = server
      .out()
      .split('\n')
      .filter((line) => line.startsWith('  '))
      .join('\n')
    const { code, out } = await bash(root, said, { COUNTERFOIL_DATA: data })
    t.equal(code, 0)
    t.match(JSON.parse(out), { data: { actual_balance: 421 }, code: 0 })
  })

  server.kill('SIGTERM')
  t.equal((await server.ended).code, 0)

  await t.test('a second start on the demo loads nothing more, and greets as the first', async (t) => {
    const again = run('main', home, ['--demo'])
    t.equal(await (await fetch(`${await again.address}/health`)).text(), '{"status":"alive"}')
    again.kill('SIGTERM')
    const { out } = await again.ended
    t.match(out, /A demo: alice .*TOKEN=\S+\n {2}curl .*\/bill\/alice\/info\n/s)
    const log = await openSqliteEventLog({ path: join(data, 'events.db') })
    // A charge of the sandbox settles when a minute is over.
    const written = (await log.readLog({ after: null, max: 100 })).filter(
      ({ type }) => !type.startsWith('PaymentSettled'),
    )
    t.equal(written.length, 44)
    await log.close()
  })
})

t.test('a ledger that holds something else gets no demo, and no token is printed', async (t) => {
  const data = folder(t)
  const { ask, server: first } = await serve(t, data)
  t.equal((await ask('POST', '/v1/accounts', { name: 'acme' })).status, 201)
  await first.close()
  const again = run('main', data, ['--demo'], { COUNTERFOIL_DATA: data })
  while (!/counterfoil token|README\.md/.test(again.out())) await new Promise((resolve) => setTimeout(resolve, 10))
  again.kill('SIGTERM')
  const { code, out } = await again.ended
  t.equal(code, 0)
  t.equal(
    out,
    `Counterfoil listens on ${await again.address}

The ledger is not empty and holds no whole demo, so none was loaded. \`counterfoil token\` issues a token for it.
`,
  )
})
