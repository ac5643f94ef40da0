import type { Sealed, SecretRecords } from './port.js'

/** For tests: what is put lasts as long as this object. */
export const createMemorySecretRecords = (): SecretRecords => {
  const records = new Map<string, Sealed | 'destroyed'>()
  const notUnder = (key: string) =>
    [...records].flatMap(([name, sealed]) => (sealed === 'destroyed' || sealed.key === key ? [] : [{ name, sealed }]))
  return {
    insert: async ({ name, sealed }) => {
      if (records.has(name)) return false
      records.set(name, sealed)
      return true
    },
    read: async (name) => records.get(name) ?? null,
    destroy: async (name) => {
      records.set(name, 'destroyed')
    },
    page: async ({ after, notUnder: key, max }) =>
      notUnder(key)
        .filter(({ name }) => after === null || name > after)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .slice(0, max),
    countNotUnder: async (key) => notUnder(key).length,
    replace: async (resealed) => {
      let replaced = 0
      for (const { name, from, sealed } of resealed) {
        const found = records.get(name)
        if (found === undefined || found === 'destroyed' || found.key !== from) continue
        records.set(name, sealed)
        replaced += 1
      }
      return replaced
    },
    close: async () => undefined,
  }
}
