import type { Test } from 'tap'
import { opened, serviced } from '../support/facts.js'
import { startOn, type Wrap } from './live-world.js'
import { admin, CREDENTIALS } from './world.js'

/** What `provision` asks for. */
export const INSTANCE = { instance: 'i-1', service: 'db', owner: 'alice', credentials: CREDENTIALS }

/** A service is published, and alice has an account. */
export const start = async (t: Test, wrap?: Wrap) => {
  const live = await startOn(t, [serviced('db'), opened('alice')], wrap)
  const ask = (who: string, url: string, body?: unknown, headers: Record<string, string> = {}) =>
    live.send([body === undefined && !url.startsWith('/integration') ? 'GET' : 'POST', url], who, body, headers)
  const provision = (changes = {}, headers: Record<string, string> = {}) =>
    ask(admin(), '/v1/instances', { ...INSTANCE, ...changes }, headers)
  const fetch = (who: string, headers: Record<string, string> = {}) =>
    ask(who, '/integration/v1/instance/i-1', undefined, headers)
  const end = (headers: Record<string, string> = {}) => ask(admin(), '/v1/instances/i-1/deprovision', {}, headers)
  return { ...live, ask, provision, fetch, end }
}
