import type { Mac } from '../commands/mac.js'
import type { CommandContext } from '../commands/port.js'
import { RequestRefused } from './errors.js'
import { type Writable, writeSorted } from './json.js'

const KEY = /^[\x21-\x7e]{1,255}$/

/** The `Idempotency-Key` of a request; `undefined`: none. */
export const keyOf = (header: string | readonly string[] | undefined): string | undefined => {
  if (header === undefined) return undefined
  if (typeof header !== 'string' || !KEY.test(header)) throw new RequestRefused('idempotency_key_invalid')
  return header
}

/** What a repeated request must have in common with the first. */
export interface Asked {
  readonly method: string
  /** Path and query as sent; a slash at the path's end does not count, nor does a position to wait for. */
  readonly url: string
  readonly body: Writable | undefined
}

/** Key and HMAC-SHA-256 of method, path, query and canonical body, or `null` without a key. */
export const idempotencyOf = (
  mac: Mac,
  key: string | undefined,
  { method, url, body }: Asked,
): CommandContext['idempotency'] => {
  if (key === undefined) return null
  const [path = '', query = ''] = splitUrl(url)
  const text = `${method} ${path}?${query}\n${body === undefined ? '' : writeSorted(body)}`
  return { key, fingerprint: mac(text, 'base64url') }
}

const splitUrl = (url: string): readonly [string, string] => {
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  return [path.endsWith('/') ? path.slice(0, -1) : path, mark < 0 ? '' : withoutPosition(url.slice(mark + 1))]
}

/** A repeated request may know a later position. */
const withoutPosition = (query: string): string => {
  const fields = new URLSearchParams(query)
  fields.delete('minPosition')
  return fields.toString()
}
