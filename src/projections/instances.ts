import type { Codec, EventOf, Projection } from '../follower/projection.js'
import { integer, oneOf, text, textOrNull } from './body.js'

type Handled = EventOf<'InstanceProvisioned' | 'InstanceCredentialsFetched' | 'InstanceDeprovisioned'>

/** An instance of a service. Where its credentials lie is nobody's affair here. */
export interface InstanceDocument {
  readonly instance: string
  readonly service: string
  readonly serviceVersion: number
  readonly owner: string
  readonly state: (typeof states)[number]
  readonly provisionedAt: string
  readonly deprovisionedAt: string | null
  /** Of its end, where one was given. */
  readonly reason: string | null
}

/** Somebody was shown the credentials. */
export interface FetchRow {
  /** The subject of the token. */
  readonly actor: string
  readonly fetchedAt: string
}

const states = ['running', 'gone'] as const

/** An event that comes first though it is none to begin with begins an instance of no service. */
const evolve = (before: InstanceDocument | undefined, event: Handled): InstanceDocument => {
  const { data, metadata } = event
  const { recordedAt } = metadata
  const document = before ?? { ...NEW, instance: data.instance, owner: data.owner, provisionedAt: recordedAt }
  switch (event.type) {
    case 'InstanceProvisioned': {
      const { service, serviceVersion, owner } = event.data
      return { ...document, service, serviceVersion, owner }
    }
    case 'InstanceCredentialsFetched':
      return document
    case 'InstanceDeprovisioned':
      return { ...document, state: 'gone', deprovisionedAt: recordedAt, reason: event.data.reason ?? null }
    /* c8 ignore next 4: the compiler proves that nothing comes here */
    default: {
      const _: never = event
      return _
    }
  }
}

const NEW = { service: '', serviceVersion: 0, state: 'running', deprovisionedAt: null, reason: null } as const

const document: Codec<InstanceDocument> = {
  // Named one by one: the bytes must not depend on how the document came about.
  encode: ({ instance, service, serviceVersion, owner, state, provisionedAt, deprovisionedAt, reason }) => ({
    instance,
    service,
    serviceVersion,
    owner,
    state,
    provisionedAt,
    ...(deprovisionedAt !== null && { deprovisionedAt }),
    ...(reason !== null && { reason }),
  }),
  decode: (body) => ({
    instance: text(body, 'instance'),
    service: text(body, 'service'),
    serviceVersion: integer(body, 'serviceVersion'),
    owner: text(body, 'owner'),
    state: oneOf(body, 'state', states),
    provisionedAt: text(body, 'provisionedAt'),
    deprovisionedAt: textOrNull(body, 'deprovisionedAt'),
    reason: textOrNull(body, 'reason'),
  }),
}

const rowBody: Codec<FetchRow> = {
  encode: ({ actor, fetchedAt }) => ({ actor, fetchedAt }),
  decode: (body) => ({ actor: text(body, 'actor'), fetchedAt: text(body, 'fetchedAt') }),
}

/** Service instances, and who was shown their credentials: the views `instances` and `instance-fetches`. */
export const instances: Projection<InstanceDocument, FetchRow, Handled> = {
  name: 'instances',
  version: 1,
  documents: 'instances',
  rows: 'instance-fetches',
  handles: ['InstanceProvisioned', 'InstanceCredentialsFetched', 'InstanceDeprovisioned'],
  indexes: [],
  keys: ({ data }) => [data.instance],
  evolve,
  row: (_, { type, metadata }) =>
    type === 'InstanceCredentialsFetched' ? { actor: metadata.actor, fetchedAt: metadata.recordedAt } : undefined,
  rowKeys: () => [],
  evolveRow: (row) => row,
  document,
  rowBody,
}
