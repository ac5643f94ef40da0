import type { NewEvent, RecordedEvent } from '../../src/store/port.js'
import { event as unnamed } from '../store/support.js'

/** A short name as the UUID that remote stores want for an id. */
export const uuidOf = (name: string): string => {
  const hex = Buffer.from(name.padEnd(16, '\0'), 'latin1').toString('hex')
  if (hex.length !== 32) throw new Error(`${name} is too long for the id of a test's event`)
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** An event of no meaning; `name` makes its id. */
export const event = (name: string, data?: string): NewEvent => ({ ...unnamed(name, data), id: uuidOf(name) })

/** The names of events. */
export const ids = (events: readonly RecordedEvent[]): string[] =>
  events.map(({ id }) => Buffer.from(id.replaceAll('-', ''), 'hex').toString('latin1').replaceAll('\0', ''))
