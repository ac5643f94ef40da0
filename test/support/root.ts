import { fileURLToPath } from 'node:url'

/** The repository: tests run from `dist/test/support`, their sources lie three levels up. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))
