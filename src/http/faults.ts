import { Unavailable } from '../commands/port.js'
import { type ErrorCode, errorCatalogue, RequestRefused } from './errors.js'
import { InvalidJson } from './json-reader.js'
import type { Refused } from './route.js'

/** Fastify's, Node's and the event store's own codes, in our words. Those of the views all mean one thing to a reader, those of the secrets too. */
const foreign: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_http',
  FST_ERR_BAD_URL: 'invalid_url',
  FST_ERR_MAX_PARAM_LENGTH: 'invalid_url',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  store_unreachable: 'store_unreachable',
  secret_unreadable: 'secret_unreadable',
  gateway_unreachable: 'gateway_unreachable',
  gateway_unknown: 'gateway_unreachable',
}

/** What is wrong with the log itself: whoever runs it must hear of it, and the sentence says where. */
const grave = ['store_damaged', 'undecodable'] as const

const stores = [
  [/^views_/, 'views_unreachable'],
  [/^secrets_/, 'secrets_unreachable'],
] as const

/** What any error means to the one who asked; `null`: it is our own fault and must be logged. */
export const refusedBy = (error: unknown): Refused | null => {
  if (error instanceof RequestRefused || error instanceof Unavailable) {
    const { code, message, retryAfter } = error
    return { code, detail: message, ...(retryAfter !== undefined && { retryAfter }) }
  }
  if (error instanceof InvalidJson) return { code: 'invalid_json', detail: error.message }
  if (!(error instanceof Error)) return null
  const own = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const wrong = grave.find((code) => code === own)
  if (wrong !== undefined) return { code: wrong, detail: error.message }
  const code = foreign[own] ?? stores.find(([codes]) => codes.test(own))?.[1]
  if (code !== undefined) return { code, detail: errorCatalogue[code].meaning }
  const status = 'statusCode' in error ? error.statusCode : undefined
  // The client's side of the stream broke while we read its body.
  return status === 400 ? { code: 'invalid_http', detail: errorCatalogue.invalid_http.meaning } : null
}

/** Refused, and nobody's but ours all the same. */
export const isGrave = ({ code }: Refused): boolean => grave.some((one) => one === code)

/** What is logged of an error of our own: no request, no headers, no body. */
export const logged = (error: unknown, requestId: string): object => ({
  requestId,
  name: error instanceof Error ? error.name : typeof error,
  message: error instanceof Error ? error.message : 'not an error',
  stack: error instanceof Error ? error.stack : undefined,
})
