import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { codeOf } from '../../src/store/sqlite/connection.js'
import { folder } from './serving.js'

/** A small disk of its own; `null`, and a plain word, where this user may not mount one. */
export const smallDisk = (t: Test): string | null => {
  const path = join(folder(t), 'disk')
  mkdirSync(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path], { stdio: 'pipe' })
  } catch (error) {
    if (process.env.CI === 'true') throw error
    t.comment('left out: a full disk (only root may mount one)')
    return null
  }
  t.teardown(() => execFileSync('umount', ['-l', path]))
  return path
}

/** Leaves no byte free. */
export const fill = (disk: string): void => {
  for (const size of [4096, 1]) {
    try {
      for (;;) writeFileSync(join(disk, 'ballast'), Buffer.alloc(size), { flag: 'a' })
    } catch (error) {
      if (codeOf(error) !== 'ENOSPC') throw error
    }
  }
}
