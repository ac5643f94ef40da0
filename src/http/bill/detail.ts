import { setImmediate } from 'node:timers/promises'
import { date } from '../../../events/parts.js'
import { balanceOf } from '../balance.js'
import { createDayRange, type DayRange, skip } from '../days.js'
import type { Writable } from '../json.js'
import type { Parts } from '../parts.js'
import type { Answer, Call, ReadRoute } from '../route.js'
import { bounds, nextLink, type Range, readEntries } from '../rows.js'
import { word } from '../schema.js'
import { recordOf, shown } from './record.js'
import { loginname, withData } from './reply.js'

/** Records in one reply, and entries looked at for one reply. */
const MAX_RECORDS = 1_000
const MAX_LOOKED_AT = 10_000

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
  return { ...body.some(...names), ...query.some(...names) }
}

interface Page {
  readonly records: readonly Writable[]
  /** The leaf at which the next page begins; `null`: there is none. */
  readonly next: number | null
}

const read = async (call: Call): Promise<Answer> => {
  const account = call.params.name('loginname')
  const filter = filterOf(call)
  const days = createDayRange(call.parts.timeZone, { start: filter.start_time, end: filter.end_time })
  await balanceOf(call, account)
  const page = await collect(call, account, filter, days)
  const path = `/bill/${encodeURIComponent(account)}/detail`
  return {
    status: 200,
    body: withData(page.records),
    ...(page.next !== null && { link: nextLink(path, filter, page.next) }),
  }
}

/** Newest first. Within a range of dates nothing but its entries, and those an hour around them, is read. */
const collect = async (
  { parts, query }: Call,
  account: string,
  { trade_type: type, status }: Filter,
  { dateIn, holds, isTooOld, isTooNew }: DayRange,
): Promise<Page> => {
  const records: Writable[] = []
  let next: number | null = null
  let range = bounds(query.some('cursor').cursor, 'backwards')
  if (isTooNew !== null) range = await skip((within) => newest(parts, account, within), range, isTooNew)
  for (let seen = 0; seen < MAX_LOOKED_AT; seen += MAX_RECORDS) {
    const entries = await readEntries(parts, { key: account, ...range, direction: 'backwards', max: MAX_RECORDS })
    for (const entry of entries) {
      if (records.length === MAX_RECORDS) return { records, next: entry.leaf }
      const record = recordOf(entry, account)
      if (isTooOld(entry.recordedAt)) return { records, next: null }
      if (record === null || !holds(entry.recordedAt)) continue
      if (type !== undefined && type !== String(record.type)) continue
      if (status !== undefined && status !== String(record.status)) continue
      records.push(shown(record, dateIn(entry.recordedAt)))
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

const newest = async (parts: Parts, key: string, within: Range) => {
  const [entry] = await readEntries(parts, { key, ...within, direction: 'backwards', max: 1 })
  return entry && { leaf: entry.leaf, at: entry.recordedAt }
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
