import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { explain } from '../../src/cli/tool.js'
import { errorCatalogue } from '../../src/http/errors.js'
import { operatorErrors } from '../../src/operator-errors.js'
import { errorsDocument } from '../http/errors-document.js'
import { root } from '../support/root.js'

const documented = new Set([...Object.keys(errorCatalogue), ...Object.keys(operatorErrors)])

/** Between our own parts only: the write side and the projector answer them, no person sees them. */
const internal = new Set([
  'wrong_expected_revision',
  'append_too_large',
  'store_closed',
  'build_is_live',
  'write_cut_off',
  'secret_taken',
  // The gateway's own words.
  'refused',
])

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/^(http|ledger|commands)\/|^operator-errors\.ts$/.test(name))
  .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
const used = new Set(
  sources.flatMap((text) =>
    [...text.matchAll(/code(?::| =) '([a-z_]+)'(?! in)|(?:codeOf|stoppedBy)\(error, '([a-z_]+)'/g)].map(
      ([, code, otherwise]) => code ?? otherwise ?? '',
    ),
  ),
)

t.test('every code that the program can show is in the catalogue, and every one there can be shown', async (t) => {
  t.ok(used.size > 15)
  t.same(
    [...used].filter((code) => !documented.has(code) && !internal.has(code)),
    [],
  )
  t.same(
    Object.keys(operatorErrors).filter((code) => !used.has(code)),
    [],
  )
  t.same(
    Object.keys(operatorErrors).filter((code) => Object.hasOwn(errorCatalogue, code)),
    [],
    'each is declared once',
  )
})

t.test('the document says what the catalogues say, line for line', async (t) => {
  const text = readFileSync(join(root, 'docs', 'errors.md'), 'utf8')
  t.equal(text, errorsDocument(), 'else: node dist/test/http/errors-document.js')
})

t.test('what a person can mend is one sentence, anything else keeps its stack', async (t) => {
  t.equal(explain(Object.assign(new Error('it is so'), { code: 'store_locked' })), 'store_locked: it is so')
  t.equal(explain(Object.assign(new Error('it is so'), { code: 'rebuild_running' })), 'rebuild_running: it is so')
  t.match(explain(Object.assign(new Error('a bug'), { code: 'ERR_BUG' })), /Error: a bug\n {4}at /)
  t.match(explain(new Error('a bug')), /Error: a bug\n {4}at /)
  t.equal(explain('thrown'), 'thrown')
})
