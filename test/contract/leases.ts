import type { Test } from 'tap'
import type { Lease } from '../../src/views/port.js'
import type { MakeViewStore } from './view-store.js'

export const leases = (t: Test, make: MakeViewStore): void => {
  const ann = { holder: 'ann', beat: 1 }
  const bob = { holder: 'bob', beat: 2 }

  t.test('a lease goes to who saw what lies there, and to nobody else', async (t) => {
    const store = await make(t)
    t.equal(await store.lease('ledger@1'), null)
    t.equal(await store.takeLease('ledger@1', ann, bob), false, 'there is none to take over')
    t.equal(await store.takeLease('ledger@1', null, ann), true)
    t.equal(await store.takeLease('ledger@1', null, bob), false)
    t.same(await store.lease('ledger@1'), ann)
    t.equal(await store.lease('ledger@2'), null, 'each name has its own')
    t.equal(await store.takeLease('ledger@1', ann, { ...ann, beat: 2 }), true, 'a sign of life')
    t.equal(await store.takeLease('ledger@1', ann, bob), false, 'it has moved on')
    t.equal(await store.takeLease('ledger@1', { holder: 'eve', beat: 2 }, bob), false)
    t.equal(await store.takeLease('ledger@1', { ...ann, beat: 2 }, bob), true)
    t.same(await store.lease('ledger@1'), bob)
  })

  t.test('of many who want one lease at once one gets it', async (t) => {
    const store = await make(t)
    const names = Array.from({ length: 20 }, (_, i) => `p${i}`)
    const grab = async (seen: Lease | null, beat: number): Promise<string> => {
      const got = await Promise.all(names.map((holder) => store.takeLease('ledger@1', seen, { holder, beat })))
      const winners = names.filter((_, i) => got[i])
      t.equal(winners.length, 1)
      return winners[0] ?? ''
    }
    const first = await grab(null, 1)
    t.same(await store.lease('ledger@1'), { holder: first, beat: 1 })
    const second = await grab({ holder: first, beat: 1 }, 2)
    t.same(await store.lease('ledger@1'), { holder: second, beat: 2 })
  })
}
