import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import type { SecretRecords, SecretStore } from '../../src/secrets/port.js'
import { createSealing, type SecretKeys } from '../../src/secrets/seal.js'
import { createSecretStore } from '../../src/secrets/store.js'

export const seed = Number.parseInt(process.env.COUNTERFOIL_SEED ?? '', 10) || Date.now() % 2 ** 31
export const runs = Number.parseInt(process.env.COUNTERFOIL_RUNS ?? '', 10) || 30

/** Makes empty records. */
export type MakeSecretRecords = (t: Test) => Promise<SecretRecords>

export const A = 'a key of the configuration: number one'
export const B = 'a key of the configuration: number two'
export const C = 'a key of the configuration: number three'

/** A store over records, as a process with these keys has it. */
export const storeOver = (records: SecretRecords, keys: SecretKeys): SecretStore =>
  createSecretStore({ records, sealing: createSealing(keys), draw: randomBytes })

export const under = (current: string, ...old: readonly string[]): SecretKeys => ({ current, old })
export const silent = (): void => undefined
export const idOf = (key: string): string => createSealing(under(key)).current
export const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `instance/${String(index).padStart(3, '0')}`)
