import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = process.env.COUNTERFOIL_VECTORS ?? fileURLToPath(new URL('../../../../shared/vectors', import.meta.url))

/** Why published cases are left out; `false`: they are there. */
export const missingFile = (path: string): string | false =>
  !existsSync(`${folder}/${path}`) && `left out: there is no ${folder}/${path}; COUNTERFOIL_VECTORS names the folder`

/** The cases of a file, one a line. */
export const casesOf = <Row>(path: string): readonly Row[] =>
  readFileSync(`${folder}/${path}`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
