import type { Entry } from './entry.js'
import { scopeText } from './identity.js'
import type { LaneWorld } from './lane-world.js'

/** Where an earlier event of a command's stream lies. */
export interface StoredPlace {
  readonly stream: string
  readonly revision: number
  readonly leaf: number
}

/** Answers with an event that is committed: the first result of a decision that is repeated. */
export const repeatStored = (world: LaneWorld, entry: Entry, place: StoredPlace): void => {
  answerStored(world, entry, place).catch((error: unknown) => entry.fail(error))
}

/** Looks whether the event that the index names has the entry's key; if not, the entry goes on as if it had not been found. */
export const recall = (world: LaneWorld, entry: Entry, place: StoredPlace): void => {
  compare(world, entry, place).catch((error: unknown) => entry.fail(error))
}

const answerStored = async (world: LaneWorld, entry: Entry, { stream, revision, leaf }: StoredPlace): Promise<void> => {
  const event = await world.read(stream, revision, leaf)
  if (event === undefined) throw new Error(`${stream} has no revision ${revision}`)
  entry.answer({ kind: 'done', event, replayed: true, standing: null })
}

const compare = async (world: LaneWorld, entry: Entry, { stream, revision, leaf }: StoredPlace): Promise<void> => {
  const event = await world.read(stream, revision, leaf)
  const { actor, key, fingerprint } = event?.metadata ?? {}
  if (
    event === undefined ||
    actor === undefined ||
    key === undefined ||
    scopeText({ actor, stream, key }) !== entry.scope
  ) {
    entry.strangers ??= new Set()
    entry.strangers.add(leaf)
    world.submit(entry)
  } else if (fingerprint === entry.context.idempotency?.fingerprint) {
    entry.answer({ kind: 'done', event, replayed: true, standing: null })
  } else {
    entry.answer({ kind: 'key-reused' })
  }
}
