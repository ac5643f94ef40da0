import { mayFetch } from '../ledger/decide/instance.js'
import { RequestRefused } from './errors.js'
import type { Fields } from './fields.js'
import { writeJson } from './json.js'
import type { Parts } from './parts.js'
import type { Call, Settled } from './route.js'

/**
 * The credentials of service instances: in the store of secrets, and in the reply that shows them; in no event, view, log or error.
 *
 * They are put before the event that names them is decided, and destroyed after the event that ends the instance. So what a running
 * instance names is there, and a crash in between leaves at most a value that nobody is shown.
 *
 * A request that carries them under an `Idempotency-Key` leaves an HMAC of its whole body, them included, in the event's metadata. Without
 * COUNTERFOIL_SECRET that says nothing; whoever has it can try guesses against it, so that a weak password is as safe as that setting. Leaving the
 * password out would be worse: another one under the same key would seem to be taken.
 */

const FIELDS = ['uri', 'hostname', 'port', 'name', 'username', 'password'] as const

/** Where the credentials lie that an event names. */
const nameOf = (credentials: string): string => `instance/${credentials}`

const textOf = (given: Fields): string =>
  writeJson(Object.fromEntries(FIELDS.map((field) => [field, given.text(field)])))

/** Nothing ever lies there. */
const NOWHERE = 'probe/ready'

/** Rejects with a code `secrets_…` while the store of secrets cannot be asked: before anything is decided, and for whoever asks. */
export const reachSecrets = async (secrets: Pick<Parts['secrets'], 'get'>): Promise<void> => {
  await secrets.get(NOWHERE)
}

/**
 * Puts credentials under a name that is drawn for them, and asks for what shall name them. Where a refusal or another event is the
 * answer they are destroyed again. After an error the event may be stored, now or later, so they stay: the same request under the same key then
 * finds that event, or makes one with credentials of its own, and the first ones are nobody's.
 */
export const withCredentials = async (
  { parts, caller }: Call,
  given: Fields,
  ask: (credentials: string) => Promise<Settled>,
): Promise<Settled> => {
  const { secrets, drawId } = parts
  const credentials = drawId()
  // Others are refused whatever they send, and must not fill the store.
  if (!caller.admin) return ask(credentials)
  await secrets.put(nameOf(credentials), textOf(given))
  const settled = await ask(credentials)
  // Where that cannot be done now they are nobody's all the same, and the answer stands.
  if (!isNamed(credentials, settled)) await secrets.destroy(nameOf(credentials)).catch(() => undefined)
  return settled
}

const isNamed = (credentials: string, settled: Settled): boolean => {
  const event = settled.kind === 'done' ? settled.done.event : null
  return event?.type === 'InstanceProvisioned' && event.data.credentials === credentials
}

/**
 * As JSON text; `null`: there is no instance, or not for this caller. Asked before a fetch too, so that nothing is recorded that cannot be shown.
 * Throws `RequestRefused` where the credentials of a running instance are lost.
 */
export const readCredentials = async ({ parts, caller }: Call, id: string): Promise<string | null> => {
  const instance = parts.commands.locateInstance(id)
  const may = mayFetch(instance, caller)
  const text = await parts.secrets.get(may ? nameOf(instance.credentials) : NOWHERE)
  // Those of an instance that has ended meanwhile are destroyed, not lost.
  if (text === null && may && mayFetch(parts.commands.locateInstance(id), caller)) {
    throw new RequestRefused(
      'secret_unreadable',
      `The credentials of the instance ${id} are not in the store of secrets.`,
    )
  }
  return text
}

/** After the fetch was recorded. Throws `RequestRefused` too where the instance has ended since, before the recording or while this reads. */
export const showCredentials = async (call: Call, id: string): Promise<string> => {
  const text = await readCredentials(call, id)
  if (text === null || !mayFetch(call.parts.commands.locateInstance(id), call.caller)) {
    throw new RequestRefused('instance_not_found')
  }
  return text
}

/** Of an instance that is gone: after the event, and again whenever an admin asks, because the last one may have been cut off. */
export const destroyCredentials = async ({ parts, caller }: Call, id: string): Promise<void> => {
  const instance = parts.commands.locateInstance(id)
  if (caller.admin && instance?.gone) await parts.secrets.destroy(nameOf(instance.credentials))
}
