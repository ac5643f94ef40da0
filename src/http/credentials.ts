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

/** Reads what is about to be shown, so that nothing is recorded that cannot be. */
export const tryCredentials = async ({ parts, caller }: Call, id: string): Promise<void> => {
  const instance = parts.commands.locateInstance(id)
  await parts.secrets.get(mayFetch(instance, caller) ? nameOf(instance.credentials) : NOWHERE)
}

/** As JSON text. Throws `RequestRefused`, also where the instance was gone before this. */
export const showCredentials = async ({ parts, caller }: Call, id: string): Promise<string> => {
  const instance = parts.commands.locateInstance(id)
  if (!mayFetch(instance, caller)) throw new RequestRefused('instance_not_found')
  const name = nameOf(instance.credentials)
  const text = await parts.secrets.get(name)
  if (text === null) throw new Error(`${name} is not in the store of secrets: lost, or destroyed this very moment`)
  return text
}

/** Of an instance that is gone: after the event, and again whenever an admin asks, because the last one may have been cut off. */
export const destroyCredentials = async ({ parts, caller }: Call, id: string): Promise<void> => {
  const instance = parts.commands.locateInstance(id)
  if (caller.admin && instance?.gone) await parts.secrets.destroy(nameOf(instance.credentials))
}
