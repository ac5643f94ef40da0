import t from 'tap'
import { subscription } from '../../src/http/subscription/surface.js'
import { SEEDS_LEFT_OUT, seedDocument } from './check-documents.js'
import { corrections, differences, readDocument } from './check-subscription-document.js'
import { type SubscriptionRequest, subscriptionRequests } from './subscription.js'

const table = subscriptionRequests({
  wanted: ['a', 'b'],
  paid: 'c',
  carted: ['d', 'e'],
  promocode: 'p',
  promocodes: ['q', 'r'],
  kept: 'f',
  removed: 'g',
  transaction: 'h',
})

t.test('the table leaves nothing of the document out, and invents nothing', async (t) => {
  const text = seedDocument('002')
  if (text === null) {
    t.pass(SEEDS_LEFT_OUT)
    return
  }
  const document = readDocument(text)
  t.equal(document.headings.length, 23)
  t.equal(document.told.length, 14)
  t.strictSame(differences(document, table), [])
})

t.test('the server offers what is in the table, and nothing else', async (t) => {
  t.strictSame(
    subscription.routes.map(({ method, url }) => `${method} ${url}`).sort(),
    table.map(({ heading }) => heading).sort(),
  )
  t.strictSame(
    subscription.routes.filter((route) => 'open' in route).map(({ url }) => url),
    table.filter(({ open }) => open).map(({ url }) => url.replace('/Free', '/:id')),
  )
})

const [post = [], filter = [], filtered = [], brace = []] = corrections

/** A document of these endpoints, with all that there is to correct. */
const written = (headings: readonly string[], ...endpoints: readonly string[]): string => {
  const listed = headings.map((heading) => `        A. get it      - ${heading}\n`)
  const wrong = [post[0], filter[0]].map((line) => `        C. it      ${line}\n`)
  const last = `\n        - Request:\n        ${filtered[0]}start=1&end=2\n        headers: {'Authorization': x}\n        - Response:\n        {'status': 'OK', 'message': string, 'data': {"code": "x"\n${brace[0]}`
  return `SUMMARY:\n${[...listed, ...wrong].join('')}\nDETAIL:\n    1. It:\n${endpoints.join('')}${last}\n`
}

t.test('the comparison finds what is left out, what is invented, and what has another type', async (t) => {
  const row = (heading: string, more: Partial<SubscriptionRequest>): SubscriptionRequest => ({
    title: '',
    heading,
    url: heading.split(' ')[1] ?? '',
    data: 'true',
    ...more,
  })
  const endpoint = (line: string, data: string, reply: string, headers = "'Authorization': x") =>
    `        A. it\n        - Request:\n        ${line}\n        headers: {${headers}}\n${data}        - Response:\n        {\n${reply}\n        }\n\n`
  const plans = endpoint(
    'GET: /payment/plan/',
    '',
    '"status": "OK", "message": "", "data": [{"price": "1"}, {...}],',
    '',
  )
  const pay = endpoint(
    'POST: /payment/pay/{id}/',
    "        data: { // why\n a: 'x', }\n",
    "'status': 'OK', 'message': string, \"data\": null",
  )
  const some = [
    row('GET /payment/plan', { open: true, data: [{ price: 'decimal' }] }),
    row('POST /payment/pay/:id', { body: { a: 'y' }, data: 'null' }),
    row('POST /payment/cancel_subscription', {}),
    row('GET /payment/transaction', { url: '/payment/transaction?start=1&end=2', data: { code: 'name' } }),
  ]
  const headings = ['GET    /payment/plan/', 'POST   /payment/pay/{id}/']
  const compared = (table: readonly SubscriptionRequest[], ...given: Parameters<typeof written>) =>
    differences(readDocument(written(...given)), table)
  t.strictSame(compared(some, headings, plans, pay), [])
  t.strictSame(compared(some.slice(1), headings, plans, pay), ['GET /payment/plan: forgotten'])
  t.strictSame(compared(some, headings.slice(1), plans, pay), [
    'GET /payment/plan: invented',
    'GET /payment/plan: not listed',
  ])
  for (const [heading, more, ...faults] of [
    ['GET /payment/plan', { url: '/payment/plan?a=1' }, 'query'],
    ['GET /payment/plan', { data: [{ price: 'number' }] }, 'reply'],
    ['GET /payment/plan', { data: [{ price: 'decimal', more: 'name' }] }, 'reply'],
    ['GET /payment/plan', { data: { price: 'decimal' } }, 'reply'],
    ['POST /payment/pay/:id', { body: { a: 5 }, data: { a: 'name' } }, 'body', 'reply'],
    ['POST /payment/pay/:id', { open: true }, 'token'],
  ] as const) {
    const table = some.map((one) => (one.heading === heading ? { ...one, ...more } : one))
    const expected = faults.map((part) => `${heading}: another ${part}`)
    t.strictSame(compared(table, headings, plans, pay), expected)
  }
  const more = some.map((one) =>
    one.heading === 'GET /payment/plan' ? { ...one, data: [{ price: 'decimal', more: 'names' }] as const } : one,
  )
  t.strictSame(compared(more, headings, plans, pay), ['GET /payment/plan: another reply'])
  const known = more.map((one) => ({ ...one, ours: ['more'] }))
  t.strictSame(compared(known, headings, plans, pay), [], 'what is ours is not looked for')
  t.throws(() => compared(some, headings, plans, pay, 'more'), /left over: more/)
  t.throws(() => differences(readDocument('DETAIL:'), some), /nothing to correct/)
})
