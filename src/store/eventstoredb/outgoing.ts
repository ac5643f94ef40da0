import { binaryEvent, type EventData, jsonEvent } from '@eventstore/db-client'
import type { NewEvent } from '../port.js'

/** What an event weighs besides its text. */
const FRAME = 200

/**
 * An event for the client. Metadata go as bytes. Data go as JSON, so that people see it in the server's own screens; the client writes the
 * text itself, so where its text would be another one (names that look like numbers) they go as bytes too.
 */
export const outgoing = ({ id, type, data, metadata }: NewEvent): EventData => {
  const bytes = Buffer.from(metadata)
  const value = parsed(data)
  return value === undefined
    ? binaryEvent({ id, type, data: Buffer.from(data), metadata: bytes })
    : jsonEvent({ id, type, data: value, metadata: bytes })
}

const parsed = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) && JSON.stringify(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Bytes on the wire, about. */
export const weigh = (events: readonly NewEvent[]): number =>
  events.reduce((sum, { data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata) + FRAME, 0)
