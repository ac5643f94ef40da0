import { type Writable, writeJson } from '../json.js'
import type { Schema } from '../schema.js'
import { named } from '../schema.js'

/** What every command replies. */
export const OK = '{"code":0,"msg":"ok"}'

export const withData = (data: Writable): string => writeJson({ data, code: 0, msg: 'ok' })

export const loginname: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['loginname'],
  properties: { loginname: named },
}
