import type { Test } from 'tap'
import type { SecretRecords } from '../../src/secrets/port.js'
import { A, B, C, type MakeSecretRecords, names, silent, storeOver, under } from '../support/secrets.js'

/** Records in which something happens before each step. */
const meddling = (
  records: SecretRecords,
  before: (step: 'insert' | 'read' | 'page' | 'replace', sealed: readonly string[]) => Promise<unknown>,
): SecretRecords => ({
  ...records,
  insert: async (record) => {
    await before('insert', [record.name])
    return records.insert(record)
  },
  read: async (name) => {
    await before('read', [name])
    return records.read(name)
  },
  page: async (page) => {
    await before('page', [])
    return records.page(page)
  },
  replace: async (resealed) => {
    await before(
      'replace',
      resealed.map(({ name }) => name),
    )
    return records.replace(resealed)
  },
})

export const secretRotation = (t: Test, make: MakeSecretRecords): void => {
  t.test('rotating leaves nothing under an old key, and every value as it was', async (t) => {
    const records = await make(t)
    const all = names(230)
    for (const [index, name] of all.entries())
      await storeOver(records, under(index % 2 === 0 ? A : B)).put(name, `value of ${name}`)
    const old = storeOver(records, under(A))
    await old.destroy(all[10] ?? '')
    await old.destroy('instance/never')
    const store = storeOver(records, under(C, A, B))
    const told: (readonly number[])[] = []
    t.same(await store.rotate((done, total) => told.push([done, total])), { resealed: 229, left: 0, unreadable: [] })
    t.same(told, [
      [100, 229],
      [200, 229],
      [229, 229],
    ])
    const only = storeOver(records, under(C))
    for (const name of all) t.equal(await only.get(name), name === all[10] ? null : `value of ${name}`)
    t.same(await only.rotate(silent), { resealed: 0, left: 0, unreadable: [] })
    await t.rejects(only.put(all[10] ?? '', 'x'), { code: 'secret_taken' })
  })

  t.test('cut off at any step, every value stays readable, and the next rotation goes on', async (t) => {
    for (let steps = 0; ; steps += 1) {
      const records = await make(t)
      const all = names(120)
      for (const name of all) await storeOver(records, under(A)).put(name, name)
      let left = steps
      const cut = meddling(records, async () => {
        if (left === 0) throw new Error('cut off')
        left -= 1
      })
      const done = await storeOver(cut, under(B, A))
        .rotate(silent)
        .then(
          () => true,
          () => false,
        )
      for (const name of all) t.equal(await storeOver(records, under(B, A)).get(name), name)
      const { resealed } = await storeOver(records, under(B, A)).rotate(silent)
      t.equal(resealed, [120, 120, 20, 20][steps] ?? 0, `cut off before step ${steps + 1}`)
      t.same(await storeOver(records, under(B)).rotate(silent), { resealed: 0, left: 0, unreadable: [] })
      if (!done) continue
      t.equal(steps, 6, 'two pages and the end, and a pass that finds nothing')
      return
    }
  })

  t.test('what is destroyed or put while it is rotated stays so', async (t) => {
    const records = await make(t)
    const old = storeOver(records, under(A))
    const all = names(20)
    for (const name of all) await old.put(name, name)
    let armed = true
    const racing = meddling(records, async (step) => {
      if (step !== 'replace' || !armed) return
      armed = false
      await old.destroy('instance/003')
      await old.put('instance/new', 'late')
      await storeOver(records, under(B, A)).rotate(silent)
      await old.put('instance/000a', 'later')
    })
    t.same(await storeOver(racing, under(B, A)).rotate(silent), { resealed: 0, left: 1, unreadable: [] })
    t.equal(await old.get('instance/003'), null)
    await t.rejects(old.put('instance/003', 'instance/003'), { code: 'secret_taken' })
    t.match(await storeOver(records, under(B, A)).rotate(silent), { resealed: 1, left: 0 })
    const now = storeOver(records, under(B))
    t.equal(await now.get('instance/new'), 'late')
    t.equal(await now.get('instance/000a'), 'later')
    t.equal(await now.get('instance/000'), 'instance/000')
  })

  t.test('a process that still seals under the old key is caught up with', async (t) => {
    const records = await make(t)
    const old = storeOver(records, under(A))
    for (const name of names(3)) await old.put(name, name)
    let late = 3
    const putting = meddling(records, async (step) => {
      if (step !== 'replace' || late === 0) return
      late -= 1
      await old.put(`instance/000-${late}`, 'late')
    })
    t.same(await storeOver(putting, under(B, A)).rotate(silent), { resealed: 6, left: 0, unreadable: [] })
    t.equal(await storeOver(records, under(B)).get('instance/000-0'), 'late')
  })
}
