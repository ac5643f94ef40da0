import type { Fact } from '../../events/catalogue.js'
import { Principal } from '../http/principal.js'
import { changes } from '../ledger/changes.js'
import { completeItem } from '../ledger/decide/complete-item.js'
import { decideChange, decidePublish, published } from '../ledger/decide/publish.js'
import { sameJson } from '../ledger/decide/same-json.js'
import type { Refused } from '../ledger/decision.js'
import { type Document, type DocumentKind, isOf, keyOf } from '../ledger/document.js'
import type { CatalogueState, CompleteItem, ItemName } from '../ledger/item.js'
import type { Deciding } from '../ledger/state.js'
import { type CatalogueFile, CatalogueFileInvalid, type FileItem } from './catalogue-file.js'

/** One field of an item that changes; `undefined`: it is not there. */
export interface FieldChange {
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** What a load does with one item, and the version that it found. */
export type LoadStep =
  | { readonly what: 'new' | 'again'; readonly name: ItemName; readonly body: object }
  | {
      readonly what: 'changed'
      readonly name: ItemName
      readonly body: object
      readonly version: number
      readonly fields: readonly FieldChange[]
    }
  | { readonly what: 'retired'; readonly name: ItemName; readonly version: number }
  /** `left`: the file does not hold it, and it stays. */
  | { readonly what: 'same' | 'left'; readonly name: ItemName }

/** An item that the server has: its newest version. */
export interface KnownItem {
  readonly item: CompleteItem
  readonly version: number
  readonly leaf: number
  readonly retired: boolean
}

export interface LoadOptions {
  /** Of prices without one. */
  readonly currency: string
  /** Retires what the file does not hold, of the kinds that it lists. */
  readonly retire: boolean
}

const deciding: Deciding = {
  actor: new Principal({
    subject: 'counterfoil-cli',
    roles: new Set(['admin']),
    accounts: new Set(),
    scopes: new Set(),
  }),
  now: '',
  id: '',
}

/** The catalogue as it will be, while steps are decided. */
/** In no log yet: the items of a catalogue take nothing of their place. */
const NOWHERE = { id: '', revision: 0, metadata: { recordedAt: '' } }

class Ahead implements CatalogueState {
  readonly #documents = new Map<string, Document>()

  constructor(
    readonly currency: string,
    items: readonly KnownItem[],
  ) {
    for (const { item, version: itemVersion, leaf: itemLeaf, retired } of items) {
      const { kind, id } = item
      this.fold(published(item, { itemVersion, itemLeaf }))
      if (retired) this.fold({ type: 'CatalogueItemRetired', data: { kind, id, itemVersion, itemLeaf } })
    }
  }

  document<Kind extends DocumentKind>(kind: Kind, id: string) {
    const found = this.#documents.get(keyOf(kind, id))
    return found && isOf(kind, found) ? found : undefined
  }

  fold(fact: Fact): void {
    for (const { key, apply } of changes({ ...fact, ...NOWHERE }, 0)) {
      const after = apply(this.#documents.get(key))
      if (after !== undefined) this.#documents.set(key, after)
    }
  }
}

/** What has to be done, decided by the rules of the ledger itself. Throws `CatalogueFileInvalid` where they refuse an item. */
export const planLoad = (
  file: CatalogueFile,
  known: readonly KnownItem[],
  options: LoadOptions,
): readonly LoadStep[] => {
  const ahead = new Ahead(options.currency, known)
  const named = new Set<string>()
  const steps = file.items.map((one) => {
    const step = stepOf(one, ahead)
    const key = keyOf(step.name.kind, step.name.id)
    if (named.has(key)) throw new CatalogueFileInvalid(`${one.where}: the ${key} is there twice`)
    named.add(key)
    return step
  })
  const others = known.filter(
    ({ item, retired }) => file.kinds.has(item.kind) && !retired && !named.has(keyOf(item.kind, item.id)),
  )
  // What others name goes last.
  const rest = others.reverse().map(({ item: { kind, id }, version }): LoadStep => {
    const name = { kind, id }
    return options.retire ? { what: 'retired', name, version } : { what: 'left', name }
  })
  return [...steps, ...rest]
}

const stepOf = ({ item, where }: FileItem, ahead: Ahead): LoadStep => {
  const made = completeItem(item, ahead.currency)
  if (!('data' in made)) throw refused(where, made)
  const name = { kind: made.kind, id: made.id }
  const before = ahead.document(made.kind, made.id)
  const live = before !== undefined && !before.retired
  const decision = live ? decideChange({ item }, ahead, deciding) : decidePublish({ item }, ahead, deciding)
  if (decision.kind === 'refused') throw refused(where, decision)
  if (decision.kind !== 'facts') return { what: 'same', name }
  for (const fact of decision.facts) ahead.fold(fact)
  // The currency is said, so that what is shown here is what is published.
  const body = { ...item.data, ...('currency' in made.data && { currency: made.data.currency }) }
  if (before === undefined) return { what: 'new', name, body }
  if (before.retired) return { what: 'again', name, body }
  const { itemVersion: version, itemLeaf: _, ...data } = before.data
  return { what: 'changed', name, body, version, fields: differences(data, made.data) }
}

const refused = (where: string, { refusal }: Refused): CatalogueFileInvalid =>
  new CatalogueFileInvalid(`${where}: ${refusal.detail} (${refusal.code})`)

const differences = (before: object, after: object): readonly FieldChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((field) => ({ field, before: Reflect.get(before, field), after: Reflect.get(after, field) }))
    .filter((change) => !sameJson(change.before, change.after))
