import { nothingAsked } from '../../commands/asked.js'
import type { SettlingLine } from '../../commands/asking-scheduler.js'
import type { Doubt, DoubtQuery } from '../../commands/doubts.js'
import { RequestRefused } from '../errors.js'
import { type Writable, writeJson } from '../json.js'
import { readName } from '../names.js'
import type { Answer, Call, ReadRoute, Route, TaskRoute } from '../route.js'
import { reference, whole } from '../schema.js'
import { fields, limit } from './schemas.js'

const states = ['open', 'missing', 'unsettled', 'refund'] as const satisfies readonly DoubtQuery['state'][]

const DEFAULT_LIMIT = '100'

/** The name of an account, up to 64 letters of up to 4 bytes each, and perhaps a space and a number. */
const cursor = { type: 'string', maxLength: 364 } as const

const read = async ({ parts, caller, query }: Call): Promise<Answer> => {
  if (!caller.readsAll) throw new RequestRefused('forbidden', 'You may not read what is in doubt.')
  const asked = query.some('state', 'limit', 'cursor')
  const state = states.find((one) => one === asked.state)
  const now = new Date(parts.clock()).toISOString()
  const { doubts, next } = parts.doubts({
    ...(state !== undefined && { state }),
    after: asked.cursor === undefined ? '' : placeIn(asked.cursor),
    max: Number(asked.limit ?? DEFAULT_LIMIT),
    now,
  })
  const cursor = next === null ? null : Buffer.from(next).toString('base64url')
  const body = writeJson({ checkouts: doubts.map(shown), next: cursor })
  if (cursor === null) return { status: 200, body }
  const search = new URLSearchParams({ ...query.some('state', 'limit'), cursor })
  return { status: 200, body, link: `</v1/checkouts?${search}>; rel="next"` }
}

const placeIn = (cursor: string): string => {
  const place = Buffer.from(cursor, 'base64url').toString('utf8')
  const seen = / \d{1,16}$/.exec(place)?.[0] ?? ''
  const name = readName(place.slice(0, place.length - seen.length))
  if (name === null) throw new RequestRefused('cursor_invalid')
  return `${name}${seen}`
}

const shown = ({ kind, id, leaf, since, account, amount, currency, order, said }: Doubt): Writable => ({
  state: kind,
  account,
  ...(order === null ? { checkout: id } : { order, refund: id }),
  number: leaf,
  since,
  amount,
  currency,
  said: said?.said,
  askedAt: said === null ? undefined : new Date(said.at).toISOString(),
})

/** What the gateway is to be asked about, and what it said last. */
const list: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/v1/checkouts',
  query: fields({}, { state: { enum: states }, limit, cursor }),
  read,
}

/** Minutes in 30 days. */
const OLDEST = 43_200

/** Asks the gateway about all of it, now. */
const settle: TaskRoute = {
  kind: 'task',
  method: 'POST',
  url: '/v1/checkouts/settle',
  body: fields({}, { olderMinutes: whole(0, OLDEST) }),
  start: ({ parts, body }, tell) => {
    const say = (line: SettlingLine): void => tell(JSON.stringify(line))
    const ended = parts.settle({
      ...(body.has('olderMinutes') && { settleAfter: body.whole('olderMinutes') * 60_000 }),
      correlationId: parts.drawId(),
      progress: (done) => say({ kind: 'progress', done }),
    })
    if (ended === null) throw new RequestRefused('settling_running')
    // At once, so that a client knows that it has begun.
    say({ kind: 'progress', done: nothingAsked })
    return ended.then(say)
  },
}

/** What the gateway has charged for it is not what was asked for, and is to be given back. */
const fail: TaskRoute = {
  kind: 'task',
  method: 'POST',
  url: '/v1/checkouts/:checkout/fail',
  params: fields({ checkout: reference }),
  start: ({ parts, caller, params }, tell) => {
    const checkout = params.text('checkout')
    if (parts.commands.locateCheckout(checkout) === null) throw new RequestRefused('checkout_not_found')
    const ended = parts.failCheckout({ checkout, by: caller.subject, correlationId: parts.drawId() })
    if (ended === null) throw new RequestRefused('settling_running')
    return ended.then((end) => tell(JSON.stringify(end)))
  },
}

/** Of all accounts, for who reads all of them. */
export const checkoutRoutes: readonly Route[] = [list, settle, fail]
