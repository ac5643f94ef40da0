import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { NewEvent, RecordedEvent } from '../../src/store/port.js'

/** A folder that is gone with its test. */
export const folder = (t: Test): string => {
  const path = mkdtempSync(join(tmpdir(), 'counterfoil-store-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** An event of no meaning; `name` makes its id. */
export const event = (name: string, data = '{}'): NewEvent => ({ id: name, type: 'Tested.v1', data, metadata: '{}' })

export const ids = (events: readonly RecordedEvent[]): string[] => events.map(({ id }) => id)
