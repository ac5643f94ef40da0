import t from 'tap'
import { createMemorySecretRecords } from '../../src/secrets/memory.js'
import { createSealing } from '../../src/secrets/seal.js'
import { createSecretStore } from '../../src/secrets/store.js'
import { secretStoreContract } from '../contract/secret-store.js'
import { A, B, silent, storeOver, under } from '../support/secrets.js'

secretStoreContract(t, async (t) => {
  const records = createMemorySecretRecords()
  t.teardown(() => records.close())
  return records
})

t.test('what another process has inserted, and is not there for good yet, is not taken for stored', async (t) => {
  const records = createMemorySecretRecords()
  const settling = { ...records, insert: async () => false }
  const store = storeOver(settling, under('key'))
  await t.rejects(store.put('instance/1', 'x'), { code: 'secrets_unreachable', message: /not settled yet/ })
})

t.test('where the system has no randomness nothing is sealed', async (t) => {
  const records = createMemorySecretRecords()
  await storeOver(records, under(A)).put('instance/1', 'x')
  const sealing = createSealing(under(B, A))
  const draw = (): Uint8Array => {
    throw new Error('no entropy')
  }
  const store = createSecretStore({ records, sealing, draw })
  await t.rejects(store.put('instance/2', 'x'), /no entropy/)
  await t.rejects(store.rotate(silent), /no entropy/)
  t.equal(await store.get('instance/1'), 'x')
  t.equal(await store.get('instance/2'), null)
})
