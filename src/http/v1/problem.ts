import { STATUS_CODES } from 'node:http'
import { errorCatalogue } from '../errors.js'
import type { Refused } from '../route.js'

/** RFC 9457; `code` and `next` are ours. */
export const problemOf = ({ code, detail, instance }: Refused) => {
  const { status, next } = errorCatalogue[code]
  return { type: `/errors#${code}`, title: String(STATUS_CODES[status]), status, detail, code, next, instance }
}
