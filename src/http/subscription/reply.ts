import { type Writable, writeJson } from '../json.js'

/** The envelope of every reply that is no refusal. */
export const withData = (data: Writable): string => writeJson({ status: 'OK', message: '', data })
