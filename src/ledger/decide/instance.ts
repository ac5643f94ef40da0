import { type Decision, facts, refuse } from '../decision.js'
import type { CatalogueItem, Instance } from '../document.js'
import type { Account, Actor, Deciding } from '../state.js'
import { accountNotFound, notAdmin } from './checks.js'

export interface ProvisionInput {
  /** Chosen by whoever provisions; never given again, not even when the instance is gone. */
  readonly instance: string
  readonly service: string
  readonly owner: string
  /** A UUID: under it the credentials lie in the store of secrets already. */
  readonly credentials: string
}

export interface DeprovisionInput {
  readonly instance: string
  readonly reason?: string
}

export interface ProvisionState {
  readonly instance: Instance | undefined
  readonly service: Extract<CatalogueItem, { kind: 'service' }> | undefined
  readonly owner: Account | undefined
}

/** The version is that of the service as this process knows it. */
export const decideProvision = (input: ProvisionInput, state: ProvisionState, { actor }: Deciding): Decision => {
  const { instance, service, owner, credentials } = input
  const refusal = notAdmin(actor)
  if (refusal) return refusal
  if (state.instance) return exists(state.instance)
  if (!state.service) return refuse('item_not_found', `There is no service ${service} in the catalogue.`)
  if (state.service.retired) return refuse('item_retired', `The service ${service} is retired.`)
  if (!state.owner) return accountNotFound(owner)
  const serviceVersion = state.service.data.itemVersion
  return facts({ type: 'InstanceProvisioned', data: { instance, service, serviceVersion, owner, credentials } })
}

const exists = ({ instance, gone }: Instance): Decision =>
  refuse('instance_exists', `There ${gone ? 'was' : 'is'} an instance ${instance}; its id is not given again.`)

/** To all others, and when it is gone, there is no such instance. */
export const mayFetch = (instance: Instance | null | undefined, actor: Actor): instance is Instance =>
  instance != null && !instance.gone && (actor.admin || actor.acts(instance.owner))

export const decideFetchCredentials = (instance: Instance | undefined, { actor }: Deciding): Decision =>
  mayFetch(instance, actor)
    ? facts({ type: 'InstanceCredentialsFetched', data: { instance: instance.instance, owner: instance.owner } })
    : instanceNotFound

export const decideDeprovision = (
  input: DeprovisionInput,
  instance: Instance | undefined,
  { actor }: Deciding,
): Decision => {
  const refusal = notAdmin(actor)
  if (refusal) return refusal
  if (!instance) return instanceNotFound
  const { instance: id, owner, credentials, gone } = instance
  if (gone) return refuse('instance_gone', `The instance ${id} is gone already.`)
  const { reason } = input
  return facts({
    type: 'InstanceDeprovisioned',
    data: { instance: id, owner, credentials, ...(reason !== undefined && { reason }) },
  })
}

const instanceNotFound = refuse('instance_not_found', 'There is no such instance, or it is not yours.')
