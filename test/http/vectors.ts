import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.env.COUNTERFOIL_VECTORS ?? '../shared/vectors'

/** Lines of a file of published cases; `null` where the folder is missing, which CI does not allow. */
export const vectorLines = (file: string): readonly string[] | null => {
  const path = join(folder, file)
  if (existsSync(path)) return readFileSync(path, 'utf8').trimEnd().split('\n')
  if (process.env.CI === 'true') throw new Error(`${path} is missing; set COUNTERFOIL_VECTORS`)
  return null
}

export const LEFT_OUT = `left out: no vectors in ${folder}`
