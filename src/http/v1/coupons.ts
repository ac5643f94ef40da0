import { batch, currency, instant } from '../../../events/parts.js'
import { batchKey, coupons } from '../../projections/coupons.js'
import { RequestRefused } from '../errors.js'
import { writeJson } from '../json.js'
import { COUPONS } from '../parts.js'
import { type Answer, type Call, type CommandRoute, type Done, intent, type ReadRoute, type Route } from '../route.js'
import { decimalText, whole } from '../schema.js'
import { eventOf } from './reply.js'
import { fields } from './schemas.js'

/** The codes are made anew for every reply, a repeated one too: they lie nowhere. */
const issuedBy = ({ event }: Done, { parts }: Call) => {
  if (event.type !== 'CouponsIssued') throw new TypeError(`${event.type} issues no coupons`)
  const codes = event.data.coupons.map(({ serial }) => ({ serial, code: parts.coupons.codeOf(serial) }))
  return { event, codes }
}

/** RFC 4180. No cell needs quotes, and a spreadsheet takes none for a formula: each begins with a letter or a digit. */
const csvOf = (done: Done, call: Call): string => {
  const { event, codes } = issuedBy(done, call)
  const { amount, currency, expiresAt } = event.data
  const rows = codes.map(({ serial, code }) => [serial, code, amount, currency, expiresAt])
  return [['serial', 'code', 'amount', 'currency', 'expires_at'], ...rows].map((row) => `${row.join(',')}\r\n`).join('')
}

const issue: CommandRoute = {
  kind: 'command',
  method: 'POST',
  url: '/v1/coupon-batches',
  body: fields({ batch, count: whole(1, 1000), amount: decimalText, expiresAt: instant }, { currency }),
  commands: ['issue-coupons'],
  status: 201,
  toIntent: ({ body }) =>
    intent('issue-coupons', {
      batch: body.text('batch'),
      count: body.whole('count'),
      amount: body.text('amount'),
      expiresAt: body.text('expiresAt'),
      ...body.some('currency'),
    }),
  toReply: (done, call) => {
    const { event, codes } = issuedBy(done, call)
    return writeJson({ ...eventOf(event), coupons: codes })
  },
  toCsv: csvOf,
}

const read = async ({ parts, caller, params }: Call): Promise<Answer> => {
  if (!caller.readsAll) throw new RequestRefused('forbidden', 'You may not read batches of coupons.')
  const name = params.text('batch')
  const record = await parts.views.document(COUPONS, batchKey(name))
  if (record === null) throw new RequestRefused('batch_not_found', `There is no batch of coupons ${name}.`)
  const { amount, currency, expiresAt, count, redeemed } = coupons.document.decode(record.body)
  return { status: 200, body: writeJson({ batch: name, amount, currency, expiresAt, count, redeemed }) }
}

/** How many of a batch are redeemed. */
const counts: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/coupon-batches/:batch',
  params: fields({ batch }),
  read,
}

export const couponRoutes: readonly Route[] = [issue, counts]
