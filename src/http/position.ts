import type { EventType } from '../../events/catalogue.js'
import type { AnyProjection } from '../follower/projection.js'
import { RequestRefused } from './errors.js'
import type { Parts } from './parts.js'
import type { Header } from './replies.js'
import type { Done } from './route.js'
import { readToken, writeToken } from './token.js'

/** How long a reply waits for the views, in milliseconds. */
export const PATIENCE = 1000

/** Waits until a projection's views have come to an event. Throws `RequestRefused`, and what the store of the views says of itself. */
const passed = async ({ visibility, views }: Pick<Parts, 'visibility' | 'views'>, name: string, leaf: number) => {
  if (await visibility.wait(name, leaf, PATIENCE)) return
  if ((await views.checkpoint(name)) === null)
    throw new RequestRefused('views_not_made', `The views of ${name} are not made yet.`)
  throw new RequestRefused('position_not_reached')
}

/** Likewise of several. */
export const allPassed = async (parts: Parts, projections: readonly AnyProjection[], leaf: number): Promise<void> => {
  await Promise.all(projections.map(({ name }) => passed(parts, name, leaf)))
}

/** The parts of a read: each projection's views are read once they have come to an event, and no other is waited for. */
export const awaiting = <Some extends Pick<Parts, 'visibility' | 'views'>>(parts: Some, leaf: number): Some => {
  const { views } = parts
  // Nearly always there is nothing to wait for, and a promise more costs.
  const when = <Found>(name: string, read: () => Promise<Found>): Promise<Found> =>
    parts.visibility.reached(name, leaf) ? read() : passed(parts, name, leaf).then(read)
  return {
    ...parts,
    views: {
      ...views,
      document: (name, key) => when(name, () => views.document(name, key)),
      row: (name, key) => when(name, () => views.row(name, key)),
      rows: (name, query) => when(name, () => views.rows(name, query)),
    },
  }
}

/** The same, made anew when another event is waited for than at the last read: copying the parts costs more than most reads. */
export const createAwaiting = (parts: Parts): ((leaf: number) => Parts) => {
  let last: { readonly leaf: number; readonly parts: Parts } | null = null
  return (leaf) => {
    if (last?.leaf !== leaf) last = { leaf, parts: awaiting(parts, leaf) }
    return last.parts
  }
}

/** The position that a client names, as a leaf number; -1: it names none. Throws `RequestRefused`. */
export const leastOf = (minPosition: unknown): number => {
  if (minPosition === undefined) return -1
  const leaf = readToken('p1', String(minPosition))
  if (leaf === null) throw new RequestRefused('min_position_invalid')
  return leaf
}

/** Whether the views that these events change come to hold them within so many milliseconds; 0: nobody asks. */
export const shown = (
  { visibility }: Pick<Parts, 'visibility'>,
  projections: readonly AnyProjection[],
  events: readonly { readonly type: EventType; readonly leaf: number }[],
  patience: number,
): Promise<boolean> => {
  if (patience === 0) return Promise.resolve(false)
  const waits = projections.map(({ name, handles }) => {
    const leaf = events.reduce((last, event) => (handles.includes(event.type) ? Math.max(last, event.leaf) : last), -1)
    return visibility.show(name, leaf, patience)
  })
  // Most surfaces read one projection, and a promise more costs.
  const [first] = waits
  if (first !== undefined && waits.length === 1) return first
  return Promise.all(waits).then((all) => all.every((visible) => visible))
}

/** What the reply to these writes, one at least, says of them in headers; whatever else becomes of the request. */
export const marksOf = (done: readonly Done[], visible: boolean): readonly Header[] => {
  const leaf = done.reduce((last, { event }) => Math.max(last, event.leaf), -1)
  const marks: Header[] = [['ledger-position', writeToken('p1', leaf)]]
  if (!visible) marks.push(['ledger-visible', 'false'])
  if (done.every(({ replayed }) => replayed)) marks.push(['idempotent-replayed', 'true'])
  return marks
}

/** How long a write waits for the views, by its `Ledger-Wait`: `visible` (also left out), or `durable`, which waits for the disk alone. */
export const patienceOf = (wanted: unknown): number => {
  if (wanted === undefined || wanted === 'visible') return PATIENCE
  if (wanted === 'durable') return 0
  throw new RequestRefused('invalid_request', 'Ledger-Wait is visible or durable.')
}
