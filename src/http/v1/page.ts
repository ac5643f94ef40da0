import type { RowQuery } from '../../views/port.js'
import { balanceOf } from '../balance.js'
import { type Writable, writeJson } from '../json.js'
import type { Answer, Call } from '../route.js'
import { bounds, type Entry, nextLink, readEntries } from '../rows.js'
import { writeToken } from '../token.js'

export interface Listing {
  /** The last word of the path, and the name of the list in the reply. */
  readonly name: string
  readonly direction: RowQuery['direction']
  readonly max: number
  readonly show: (entries: readonly Entry[]) => readonly Writable[] | Promise<readonly Writable[]>
}

/** One page of what belongs to an account, with a cursor to the next. */
export const page = async (call: Call, { name, direction, max, show }: Listing): Promise<Answer> => {
  const account = call.params.name('name')
  await balanceOf(call, account)
  const range = bounds(call.query.some('cursor').cursor, direction)
  const found = await readEntries(call.parts, { key: account, ...range, direction, max: max + 1 })
  const next = found[max]
  const body = writeJson({
    [name]: await show(found.slice(0, max)),
    next: next === undefined ? null : writeToken('c1', next.leaf),
  })
  if (next === undefined) return { status: 200, body }
  const path = `/v1/accounts/${encodeURIComponent(account)}/${name}`
  return { status: 200, body, link: nextLink(path, call.query.some('limit', 'order'), next.leaf) }
}
