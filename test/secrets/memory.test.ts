import t from 'tap'
import { createMemorySecretRecords } from '../../src/secrets/memory.js'
import { secretStoreContract } from '../contract/secret-store.js'
import { storeOver, under } from '../support/secrets.js'

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
