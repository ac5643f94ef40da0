import type { Test } from 'tap'
import { MAX_VALUE, type SecretStore } from '../../src/secrets/port.js'
import { fc } from '../support/fast-check.js'
import {
  A,
  B,
  C,
  idOf,
  type MakeSecretRecords,
  names,
  runs,
  seed,
  silent,
  storeOver,
  under,
} from '../support/secrets.js'
import { secretRotation } from './secret-rotation.js'

export const secretStoreContract = (t: Test, make: MakeSecretRecords): void => {
  values(t, make)
  tampering(t, make)
  secretRotation(t, make)
  model(t, make)
}

const values = (t: Test, make: MakeSecretRecords): void => {
  t.test('what was put is got, until it is destroyed', async (t) => {
    const store = storeOver(await make(t), under(A))
    t.equal(await store.get('instance/1'), null)
    await store.put('instance/1', 'hunter2')
    await store.put('instance/2', '')
    await store.put('person/Zoë@例.com', '密码 🔑 "\\\0')
    t.equal(await store.get('instance/1'), 'hunter2')
    t.equal(await store.get('instance/2'), '')
    t.equal(await store.get('person/Zoë@例.com'), '密码 🔑 "\\\0')
    await store.destroy('instance/1')
    await store.destroy('instance/1')
    t.equal(await store.get('instance/1'), null)
    t.equal(await store.get('instance/2'), '')
  })

  t.test('a name has one value: the same again is as good, another is refused', async (t) => {
    const records = await make(t)
    const store = storeOver(records, under(A))
    await store.put('instance/1', 'one')
    await store.put('instance/1', 'one')
    await t.rejects(store.put('instance/1', 'two'), { code: 'secret_taken', message: /another value lies there/ })
    t.equal(await store.get('instance/1'), 'one')
    await storeOver(records, under(B, A)).put('instance/1', 'one')
    await t.rejects(storeOver(records, under(B)).put('instance/1', 'one'), { code: 'secret_unreadable' })
  })

  t.test('nothing comes after destroying, though nothing came before it', async (t) => {
    const store = storeOver(await make(t), under(A))
    await store.put('person/a', 'key')
    for (const name of ['person/a', 'person/b']) {
      await store.destroy(name)
      await t.rejects(store.put(name, 'key'), { code: 'secret_taken', message: /was destroyed/ })
      t.equal(await store.get(name), null)
    }
  })

  t.test('of many who put different values at once one wins', async (t) => {
    const store = storeOver(await make(t), under(A))
    const texts = Array.from({ length: 12 }, (_, index) => `value ${index}`)
    const put = await Promise.allSettled(texts.map((text) => store.put('instance/1', text)))
    const won = texts.filter((_, index) => put[index]?.status === 'fulfilled')
    t.equal(won.length, 1)
    t.equal(await store.get('instance/1'), won[0])
    const same = await Promise.allSettled(texts.map(() => store.put('instance/2', 'same')))
    t.ok(same.every(({ status }) => status === 'fulfilled'))
  })

  t.test('long values, up to a bound', async (t) => {
    const store = storeOver(await make(t), under(A))
    const text = 'ü'.repeat(MAX_VALUE / 2)
    await store.put('instance/1', text)
    t.equal(await store.get('instance/1'), text)
    await t.rejects(store.put('instance/2', `${text}x`), /at most 65536 bytes, not 65537/)
    await store.destroy('instance/1')
    t.equal(await store.get('instance/1'), null)
  })

  t.test('what is no name and no text never gets to the store', async (t) => {
    const store = storeOver(await make(t), under(A))
    const wrong = ['', 'instance', 'instance/', '/1', 'Instance/1', 'instance/-1', 'instance/a b', 'instance/a/b']
    const hostile = ['{"$gt":""}', '["instance/1"]', 'null', '1', '{}'].map((text) => JSON.parse(text))
    for (const name of [...wrong, `instance/${'x'.repeat(65)}`, `${'x'.repeat(1_000_000)}/1`, ...hostile]) {
      await t.rejects(store.put(name, 'x'), TypeError)
      await t.rejects(store.get(name), TypeError)
      await t.rejects(store.destroy(name), TypeError)
    }
    for (const value of [...hostile, 'half a pair \ud83d']) await t.rejects(store.put('instance/1', value), TypeError)
    t.equal(await store.get('instance/1'), null)
    await store.put(`${'x'.repeat(32)}/${'𝒳'.repeat(64)}`, 'the longest name')
    t.equal(await store.get(`${'x'.repeat(32)}/${'𝒳'.repeat(64)}`), 'the longest name')
  })
}

const tampering = (t: Test, make: MakeSecretRecords): void => {
  t.test('an adapter sees no value, and no two ciphertexts of one value are alike', async (t) => {
    const records = await make(t)
    const store = storeOver(records, under(A))
    await store.put('instance/1', 'hunter2')
    await store.put('instance/2', 'hunter2')
    const [one, two] = [await records.read('instance/1'), await records.read('instance/2')]
    if (one === null || one === 'destroyed' || two === null || two === 'destroyed') return t.fail('nothing there')
    t.match(one.key, /^[0-9a-f]{16}$/)
    t.equal(one.bytes.length, 1 + 12 + 7 + 16)
    t.notMatch(Buffer.from(one.bytes).toString('latin1'), 'hunter2')
    t.notSame(one.bytes.slice(13), two.bytes.slice(13))
  })

  t.test('a value that was changed, moved or cut is refused, wherever', async (t) => {
    const records = await make(t)
    const store = storeOver(records, under(A))
    await store.put('instance/1', 'hunter2')
    const sealed = await records.read('instance/1')
    if (sealed === null || sealed === 'destroyed') return t.fail('nothing there')
    const { key, bytes } = sealed
    const wrong: [string, Uint8Array, string?][] = Array.from(bytes, (byte, index) => [
      `flipped at ${index}`,
      bytes.with(index, byte ^ 1),
    ])
    wrong.push(['moved', bytes], ['under another key', bytes, idOf(B)], ['empty', new Uint8Array()])
    for (const length of [1, 13, 28, bytes.length - 1]) wrong.push([`cut to ${length}`, bytes.slice(0, length)])
    const both = storeOver(records, under(A, B))
    for (const [index, [what, changed, other = key]] of wrong.entries()) {
      const name = `instance/wrong-${index}`
      await records.insert({ name, sealed: { key: other, bytes: changed } })
      await t.rejects(both.get(name), { code: 'secret_unreadable' }, what)
    }
    await records.insert({ name: 'instance/c', sealed: { key: 'x', bytes } })
    await t.rejects(both.get('instance/c'), { code: 'secret_unreadable', message: /under the key x, which is not/ })
    const { resealed, left, unreadable } = await storeOver(records, under(B, A)).rotate(silent)
    // The one that says it is under B already is not looked at.
    t.same([resealed, left, unreadable.length], [1, wrong.length, 10])
    t.equal(await storeOver(records, under(B)).get('instance/1'), 'hunter2')
  })

  t.test('with another key nothing is read, and the key is named by its id', async (t) => {
    const records = await make(t)
    await storeOver(records, under(A)).put('instance/1', 'hunter2')
    const other = storeOver(records, under(B))
    await t.rejects(other.get('instance/1'), { code: 'secret_unreadable', message: new RegExp(`${idOf(A)}.*not conf`) })
    t.match(await other.rotate(silent), { resealed: 0, left: 1, unreadable: [{ code: 'secret_unreadable' }] })
    await other.put('instance/2', 'x')
    t.equal(await storeOver(records, under(A)).get('instance/1'), 'hunter2')
    t.equal(await storeOver(records, under(C, A, B)).get('instance/2'), 'x')
  })
}

const NAMES = names(4)
const command = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), name: fc.nat(3), value: fc.nat(1), key: fc.nat(2) }),
  fc.record({ kind: fc.constant('destroy' as const), name: fc.nat(3) }),
  fc.record({ kind: fc.constant('rotate' as const), key: fc.nat(2) }),
)

/** Processes with different current keys that all read each other's, side by side. */
const model = (t: Test, make: MakeSecretRecords): void => {
  t.test('whatever happens side by side, a name has its one value, or none for ever', async (t) => {
    const keys = [A, B, C]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(command, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
        async (rounds) => {
          const records = await make(t)
          const stores = keys.map((key) => storeOver(records, under(key, ...keys)))
          const at = (index: number): SecretStore => stores[index] ?? storeOver(records, under(A))
          const held = new Map<string, string>()
          const gone = new Set<string>()
          for (const round of rounds) {
            const done = await Promise.allSettled(
              round.map((one): Promise<unknown> => {
                if (one.kind === 'rotate') return at(one.key).rotate(silent)
                const name = NAMES[one.name] ?? ''
                return one.kind === 'put' ? at(one.key).put(name, `v${one.value}`) : at(0).destroy(name)
              }),
            )
            const destroyed = new Set(round.flatMap((one) => (one.kind === 'destroy' ? [NAMES[one.name] ?? ''] : [])))
            for (const [index, one] of round.entries()) {
              const result = done[index]
              if (one.kind !== 'put') t.equal(result?.status, 'fulfilled')
              else if (result?.status === 'fulfilled') {
                const [name, value] = [NAMES[one.name] ?? '', `v${one.value}`]
                if (gone.has(name) || (held.has(name) && held.get(name) !== value)) return false
                held.set(name, value)
              } else if (result?.reason.code !== 'secret_taken') throw result?.reason
            }
            for (const name of destroyed) gone.add(name)
            for (const name of NAMES) {
              const wanted = gone.has(name) ? null : (held.get(name) ?? null)
              if ((await at(1).get(name)) !== wanted) return false
            }
          }
          await at(2).rotate(silent)
          t.equal((await storeOver(records, under(C)).rotate(silent)).left, 0)
          return true
        },
      ),
      { seed, numRuns: runs },
    )
    t.comment(`${runs} runs, seed ${seed}`)
  })
}
