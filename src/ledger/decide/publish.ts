import type { Fact } from '../../../events/catalogue.js'
import { IN_FLIGHT } from '../account.js'
import { type Decision, facts, refuse, repeat, wait } from '../decision.js'
import type { CatalogueItem } from '../document.js'
import type { CatalogueState, CompleteItem, ItemName, WrittenItem } from '../item.js'
import type { Deciding } from '../state.js'
import { notAdmin } from './checks.js'
import { completeItem } from './complete-item.js'
import { sameJson } from './same-json.js'

export interface PublishInput {
  readonly item: WrittenItem
}

export interface ChangeInput extends PublishInput {
  /** Refused where the newest version is another one; left out: any. */
  readonly expectedVersion?: number
}

export interface RetireInput extends ItemName {
  readonly expectedVersion?: number
}

/** A first version, or the next one of an item that was retired. What stands there word for word is not published twice. */
export const decidePublish = ({ item }: PublishInput, state: CatalogueState, deciding: Deciding): Decision =>
  onItem(item, state, deciding, (made, before) => {
    if (before === undefined) return unknown(made, state) ?? facts(published(made, { itemVersion: 1 }))
    if (before.retired) return next(made, before, state)
    return stands(made, before) ?? refuse('item_exists', `${shown(made)} is published already, and is another one.`)
  })

/** The whole item again, as its next version. What was bought keeps its version and its price. */
export const decideChange = (input: ChangeInput, state: CatalogueState, deciding: Deciding): Decision =>
  onItem(input.item, state, deciding, (made, before) => {
    if (before === undefined) return notFound(made)
    if (before.retired) return refuse('item_retired', `${shown(made)} is retired; publish it again.`)
    return stands(made, before) ?? stale(made, before, input.expectedVersion) ?? next(made, before, state)
  })

/** Not sold or shown from now on; what was bought goes on. An item that is retired is not retired twice. */
export const decideRetire = (input: RetireInput, state: CatalogueState, { actor }: Deciding): Decision => {
  const refusal = notAdmin(actor)
  if (refusal) return refusal
  const before = state.document(input.kind, input.id)
  if (before === undefined) return notFound(input)
  if (before.retired) return repeat(before.last.revision, before.last.leaf)
  const { leaf: itemLeaf, data } = before
  const late = stale(input, before, input.expectedVersion)
  if (late) return late
  if (itemLeaf === IN_FLIGHT) return wait
  const { kind, id } = input
  return facts({ type: 'CatalogueItemRetired', data: { kind, id, itemVersion: data.itemVersion, itemLeaf } })
}

const onItem = (
  item: WrittenItem,
  state: CatalogueState,
  { actor }: Deciding,
  decide: (made: CompleteItem, before: CatalogueItem | undefined) => Decision,
): Decision => {
  const made = completeItem(item, state.currency)
  if (!('data' in made)) return made
  return notAdmin(actor) ?? decide(made, state.document(made.kind, made.id))
}

const shown = ({ kind, id }: ItemName): string => `The ${kind} ${id}`

const notFound = ({ kind, id }: ItemName): Decision => refuse('item_not_found', `There is no ${kind} ${id}.`)

const stands = (made: CompleteItem, { data, last }: CatalogueItem): Decision | undefined => {
  const { itemVersion: _, itemLeaf: __, ...before } = data
  return sameJson(made.data, before) ? repeat(last.revision, last.leaf) : undefined
}

const stale = (name: ItemName, { data }: CatalogueItem, expected: number | undefined): Decision | undefined =>
  expected === undefined || expected === data.itemVersion
    ? undefined
    : refuse('item_changed', `${shown(name)} is at version ${data.itemVersion}, not ${expected}.`)

/** What an item names must be sold or shown when it is published; afterwards it may be retired. */
const unknown = (made: CompleteItem, state: CatalogueState): Decision | undefined => {
  const missing = made.names.find(({ kind, id }) => state.document(kind, id)?.retired !== false)
  return missing && refuse('item_reference_unknown', `There is no ${missing.kind} ${missing.id} in the catalogue now.`)
}

/** As many as an event may say. */
const MAX_VERSIONS = 1_000_000

const next = (made: CompleteItem, { leaf, data }: CatalogueItem, state: CatalogueState): Decision => {
  const refusal = unknown(made, state)
  if (refusal) return refusal
  const itemVersion = data.itemVersion + 1
  if (itemVersion > MAX_VERSIONS) return refuse('too_many_versions', `${shown(made)} has ${MAX_VERSIONS} versions.`)
  return leaf === IN_FLIGHT ? wait : facts(published(made, { itemVersion, itemLeaf: leaf }))
}

interface Version {
  readonly itemVersion: number
  readonly itemLeaf?: number
}

/** The event of a version of an item. */
export const published = ({ kind, data }: CompleteItem, version: Version): Fact => {
  switch (kind) {
    case 'plan':
      return { type: 'PlanPublished', data: { ...data, ...version } }
    case 'region':
      return { type: 'RegionPublished', data: { ...data, ...version } }
    case 'promocode':
      return { type: 'PromocodePublished', data: { ...data, ...version } }
    case 'addon':
      return { type: 'AddonPublished', data: { ...data, ...version } }
    case 'repo':
      return { type: 'RepoPublished', data: { ...data, ...version } }
    case 'repo-item':
      return { type: 'RepoItemPublished', data: { ...data, ...version } }
    case 'service':
      return { type: 'ServicePublished', data: { ...data, ...version } }
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = kind
      return _
    }
  }
}
