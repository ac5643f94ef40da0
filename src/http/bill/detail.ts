import { setImmediate } from 'node:timers/promises'
import { date } from '../../../events/parts.js'
import { isDate, later } from '../../ledger/time.js'
import { createDateIn } from '../../ledger/zone.js'
import { balanceOf } from '../balance.js'
import { RequestRefused } from '../errors.js'
import type { Writable } from '../json.js'
import type { Parts } from '../parts.js'
import type { Answer, Call, ReadRoute } from '../route.js'
import { bounds, type Entry, nextLink, readEntries } from '../rows.js'
import { word } from '../schema.js'
import { recordOf, shown } from './record.js'
import { loginname, withData } from './reply.js'

/** Records in one reply, and entries looked at for one reply. */
const MAX_RECORDS = 1_000
const MAX_LOOKED_AT = 10_000
/** Far more than the clocks of two processes may differ, and so than the times of two entries may lie in another order than the entries. */
const DISORDER_MS = 3_600_000

const filters = {
  start_time: date,
  end_time: date,
  trade_type: word('1', '2', '3'),
  status: word('1', '2', '3', '4', '5'),
}

type Filter = { readonly [Name in keyof typeof filters]?: string }

/** From the query, or from the body as the document has it; the query counts where both say something. */
const filterOf = ({ query, body }: Call): Filter => {
  const names = ['start_time', 'end_time', 'trade_type', 'status'] as const
  const filter: Filter = { ...body.some(...names), ...query.some(...names) }
  for (const day of [filter.start_time, filter.end_time]) {
    if (day !== undefined && !isDate(day)) throw new RequestRefused('invalid_date', `${day} is no date.`)
  }
  return filter
}

interface Page {
  readonly records: readonly Writable[]
  /** The leaf at which the next page begins; `null`: there is none. */
  readonly next: number | null
}

const read = async (call: Call): Promise<Answer> => {
  const account = call.params.name('loginname')
  const filter = filterOf(call)
  await balanceOf(call, account)
  const page = await collect(call, account, filter)
  const path = `/bill/${encodeURIComponent(account)}/detail`
  return {
    status: 200,
    body: withData(page.records),
    ...(page.next !== null && { link: nextLink(path, filter, page.next) }),
  }
}

/** Newest first. Within a range of dates nothing but its entries, and those an hour around them, is read. */
const collect = async ({ parts, query }: Call, account: string, filter: Filter): Promise<Page> => {
  const dateIn = createDateIn(parts.timeZone)
  const records: Writable[] = []
  let next: number | null = null
  const { start_time: start = '', end_time: end = '9999-12-31', trade_type: type, status } = filter
  let range = bounds(query.some('cursor').cursor, 'backwards')
  if (filter.end_time !== undefined)
    range = await skip(parts, account, range, (instant) => dateIn(later(instant, -DISORDER_MS)) > end)
  for (let seen = 0; seen < MAX_LOOKED_AT; seen += MAX_RECORDS) {
    const entries = await readEntries(parts, { key: account, ...range, direction: 'backwards', max: MAX_RECORDS })
    for (const entry of entries) {
      if (records.length === MAX_RECORDS) return { records, next: entry.leaf }
      const record = recordOf(entry, account)
      const day = dateIn(entry.recordedAt)
      if (day < start && dateIn(later(entry.recordedAt, DISORDER_MS)) < start) return { records, next: null }
      if (record === null || day < start || day > end) continue
      if (type !== undefined && type !== String(record.type)) continue
      if (status !== undefined && status !== String(record.status)) continue
      records.push(shown(record, day))
    }
    const last = entries.at(-1)
    if (last === undefined || last.leaf === 0) return { records, next: null }
    next = last.leaf - 1
    range = { to: next }
    // An embedded view answers at once: without this a search would hold up everyone.
    await setImmediate()
  }
  return { records, next }
}

type Range = ReturnType<typeof bounds>

/** Leaves out the newest entries of a range, those of which `tooLate` is true; found by halving, one entry read for each step. */
const skip = async (parts: Parts, key: string, range: Range, tooLate: (instant: string) => boolean): Promise<Range> => {
  const newest = async (within: Range): Promise<Entry | undefined> => {
    const [entry] = await readEntries(parts, { key, ...within, direction: 'backwards', max: 1 })
    return entry !== undefined && tooLate(entry.recordedAt) ? entry : undefined
  }
  const first = await newest(range)
  if (first === undefined) return range
  let [low, high] = [-1, first.leaf]
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2)
    const late = await newest({ to: middle })
    if (late === undefined) low = middle
    else high = late.leaf
  }
  return { to: low }
}

export const detail: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/bill/:loginname/detail',
  params: loginname,
  query: {
    type: 'object',
    additionalProperties: false,
    properties: { ...filters, cursor: { type: 'string', maxLength: 64 } },
  },
  body: { type: 'object', additionalProperties: false, properties: filters },
  read,
}
