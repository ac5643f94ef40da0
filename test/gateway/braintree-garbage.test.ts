import { gzipSync } from 'node:zlib'
import t from 'tap'
import { decodeReply } from '../../src/gateway/braintree/decode.js'
import type { Gateway } from '../../src/gateway/port.js'
import type { Question } from '../support/braintree/double.js'
import { says } from '../support/braintree/faults.js'
import { start } from '../support/braintree/start.js'
import { fc } from '../support/fast-check.js'
import { charged, sale, uuid } from '../support/gateway/ground.js'
import { asyncCheck } from '../support/random.js'

const unknown = { code: 'gateway_unknown' }

/** Every question, by a call that asks it. */
const CALLS: Readonly<Record<Question, (gateway: Gateway, transaction: string, other: string) => Promise<unknown>>> = {
  'client token': (gateway) => gateway.clientToken(),
  sale: (gateway) => gateway.sale(sale({ orderId: uuid(9) })),
  search: (gateway) => gateway.find(uuid(1)),
  find: (gateway, transaction) => gateway.state(transaction),
  void: (gateway, transaction) => gateway.refund({ refundId: uuid(7), transaction, amount: '20.00' }),
  refund: (gateway, _, settled) => gateway.refund({ refundId: uuid(8), transaction: settled, amount: '1.00' }),
}

const QUESTIONS: readonly Question[] = ['client token', 'sale', 'search', 'find', 'void', 'refund']

const xml = 'application/xml; charset=utf-8'
const deep = `${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}`

/** What it is, the body, the type and encoding. */
const GARBAGE: readonly (readonly [string, string | Buffer, Readonly<Record<string, string>>?])[] = [
  ['nothing', ''],
  ['a space', ' '],
  ['no XML', 'out of order'],
  ['half of an element', '<transaction><id>'],
  ['another element', '<html><body>hello</body></html>'],
  ['an empty one', '<transaction/>'],
  ['an empty error', '<api-error-response/>'],
  ['an error without a code', '<api-error-response><errors><errors type="array"/></errors></api-error-response>'],
  [
    'a code that is none',
    '<api-error-response><errors><transaction><errors type="array"><error><code>x</code><attribute>x</attribute></error></errors></transaction></errors></api-error-response>',
  ],
  ['errors of another shape', '<api-error-response><errors><errors>x</errors></errors></api-error-response>'],
  [
    'words for numbers',
    '<transaction><id>a</id><type>sale</type><status>settled</status><amount>much</amount></transaction>',
  ],
  ['a path for an id', '<transaction><id>../../x</id><type>sale</type><status>settled</status></transaction>'],
  ['neither sale nor refund', '<transaction><id>a</id><type>gift</type></transaction>'],
  ['a list that is none', '<search-results><page-size>1</page-size><ids>x</ids></search-results>'],
  ['ids that are none', '<search-results><ids type="array"><item>a/b</item></ids></search-results>'],
  ['a token that is none', '<client-token><value>&lt;script&gt;</value></client-token>'],
  ['another encoding', '<transaction/>', { 'content-encoding': 'gzip' }],
  ['JSON that is none', '{"transaction":', { 'content-type': 'application/json' }],
  ['JSON', '{"transaction":{"id":"a"}}', { 'content-type': 'application/json' }],
  ['a page', '<!doctype html><p>Please log in', { 'content-type': 'text/html' }],
  ['no type', '<transaction/>', { 'content-type': '' }],
  ['a deep one', deep],
  ['a large one', Buffer.alloc(3_000_000, ' ')],
  ['a compressed nothing', gzipSync(''), { 'content-encoding': 'gzip' }],
]

for (const question of QUESTIONS) {
  t.test(`an answer to a ${question} that cannot be read is unknown, and the process goes on`, async (t) => {
    // One of these is never told by the SDK.
    const { gateway, double } = await start(t, { timeout: question === 'search' ? 2_000 : 10_000 })
    const { transaction } = charged(await gateway.sale(sale()))
    const { transaction: settled } = charged(await gateway.sale(sale({ orderId: uuid(2) })))
    double.bank.become(settled, 'settled')
    for (const [index, [what, body, headers]] of GARBAGE.entries()) {
      double.bank.become(transaction, 'pending')
      double.plan(question, says(body, { 'content-type': xml, ...headers }, index % 2 === 0 ? 200 : 422))
      await t.rejects(CALLS[question](gateway, transaction, settled), unknown, what)
      double.bank.entries.splice(2)
    }
    t.type(await gateway.clientToken(), 'string')
  })
}

t.test('what the SDK makes of an answer is looked at, too', async (t) => {
  const ok = { success: false, errors: { deepErrors: () => [{ code: '91565' }] } }
  t.same(decodeReply(ok), { kind: 'refused', codes: ['91565'] })
  for (const errors of [
    null,
    undefined,
    'x',
    {},
    { deepErrors: [] },
    { deepErrors: () => 'x' },
    { deepErrors: () => [{}] },
  ])
    t.throws(() => decodeReply({ success: false, errors }), unknown)
  for (const reply of [undefined, null, 'x', {}, { success: true }, { success: true, transaction: [] }])
    t.throws(() => decodeReply(reply), unknown)
})

t.test('an answer that was changed at random is unknown, or what it says', async (t) => {
  const { gateway, double } = await start(t)
  const { transaction } = charged(await gateway.sale(sale()))
  const edits = fc.array(fc.tuple(fc.nat(3_000), fc.constantFrom('', '<', '>', '&', '/', 'x', '\0', '\ud800', '"')), {
    minLength: 1,
    maxLength: 5,
  })
  const run = fc.asyncProperty(edits, async (changes) => {
    double.plan('find', ({ answer, response }) => {
      let { body } = answer()
      for (const [at, text] of changes)
        body = `${body.slice(0, at % body.length)}${text}${body.slice((at % body.length) + 1)}`
      response.writeHead(200, { 'content-type': xml })
      response.end(body)
    })
    try {
      const state = await gateway.state(transaction)
      return ['pending', 'settled', 'failed', 'voided', 'returned'].includes(state)
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'gateway_unknown'
    }
  })
  await asyncCheck(t, run, 150)
})
