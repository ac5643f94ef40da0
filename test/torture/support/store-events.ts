import { createHash } from 'node:crypto'
import type { NewEvent } from '../../../src/store/port.js'

/** The event that lies at a place, and nowhere else; `count`: how many its append carries. Some need pages of their own. */
export const eventFor = (stream: string, revision: number, count: number): NewEvent => {
  const digest = createHash('sha256').update(`${stream} ${revision}`).digest('hex')
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`
  const text = digest.repeat(1 + (Number.parseInt(digest.slice(0, 2), 16) % 64))
  return { id, type: 'Tried.v1', data: JSON.stringify({ text }), metadata: JSON.stringify({ count }) }
}
